package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// ways out of what a server refuses, by the code of its answer (Amazon S3 API Reference, "Error responses"). BUCKET
// and ENDPOINT stand for ours.
var ways = map[string]string{
	"NoSuchBucket":                 "there is no bucket BUCKET at ENDPOINT: make it, or name another in `store`",
	"InvalidAccessKeyId":           "ENDPOINT does not know the access key: look at AWS_ACCESS_KEY_ID, or at the profile that is used",
	"SignatureDoesNotMatch":        "the secret key does not belong to the access key: look at AWS_SECRET_ACCESS_KEY, or at the profile that is used",
	"InvalidToken":                 "the session token is not valid: look at AWS_SESSION_TOKEN",
	"ExpiredToken":                 "the credentials have expired: renew them",
	"AccessDenied":                 "these credentials may not do it: allow s3:GetObject, s3:PutObject, s3:ListBucket, s3:AbortMultipartUpload and s3:ListBucketMultipartUploads on BUCKET",
	"RequestTimeTooSkewed":         "the clock of this machine differs from that of ENDPOINT: it shows NOW; set it right",
	"AuthorizationHeaderMalformed": "the region is not that of the bucket: set `s3.region`",
	"InvalidRegion":                "the region is not that of the bucket: set `s3.region`",
	"PermanentRedirect":            "the bucket is at another endpoint: set `s3.endpoint` and `s3.region`",
	"InvalidBucketName":            "ENDPOINT allows no bucket with the name BUCKET",
	"AllAccessDisabled":            "access to BUCKET is switched off",
	"AccountProblem":               "the account at ENDPOINT has a problem: ask its administrators",
}

// synonyms are codes that mean the same as one in ways.
var synonyms = map[string]string{
	"AuthFailure": "InvalidAccessKeyId", "XAdminUserNotFound": "InvalidAccessKeyId", "TokenRefreshRequired": "ExpiredToken", "ExpiredTokenException": "ExpiredToken",
	"RequestExpired": "RequestTimeTooSkewed", "XMinioInvalidBucketName": "InvalidBucketName", "Forbidden": "AccessDenied",
}

// again are codes of a 4xx status with which the same request may succeed later.
var again = map[string]bool{
	"RequestTimeout": true, "SlowDown": true, "OperationAborted": true, "ConditionalRequestConflict": true, "IncompleteBody": true,
	"BadDigest": true, "XAmzContentSHA256Mismatch": true, "XAmzContentChecksumMismatch": true,
}

func codeOf(err error) string {
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return ""
	}
	if s, ok := synonyms[r.Code]; ok {
		return s
	}
	return r.Code
}

func statusOf(err error) int {
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return 0
	}
	return r.StatusCode
}

// isTaken says whether the answer to a conditional Put is that the key is not free.
func isTaken(err error) bool { return statusOf(err) == http.StatusPreconditionFailed }

func isMissing(err error) bool {
	code := codeOf(err)
	return code == "NoSuchKey" || code == "NoSuchVersion" || statusOf(err) == http.StatusNotFound && ways[code] == "" && code != "NoSuchUpload"
}

// passes says whether err may be gone with the next try.
func passes(err error) bool {
	var own *ibid.Error
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch status := statusOf(err); {
	case err == nil, errors.As(err, &own), errors.Is(err, context.Canceled), errors.Is(err, errNoCredentials):
		return false
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &certificate), errors.As(err, &record), isPlain(err):
		return false
	case status == 0: // the network
		return true
	case status >= 500:
		return status != http.StatusNotImplemented && status != http.StatusInsufficientStorage
	default:
		return status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || again[codeOf(err)]
	}
}

// isPlain says whether a server that was asked by HTTPS answered by HTTP.
func isPlain(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// failed is the error of the Store for what kept op from being done to key.
func (s *Store) failed(op, key string, err error) error {
	var own *ibid.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return err
	case isMissing(err):
		return blob.NotFound(op, key)
	}
	class, way := ibid.ClassStorageUnavailable, s.wayOut(err)
	switch {
	case statusOf(err) == http.StatusInsufficientStorage, codeOf(err) == "XMinioStorageFull", codeOf(err) == "QuotaExceeded":
		class = ibid.ClassStorageFull
		err = fmt.Errorf("%w (free some space there, or raise the quota)", err)
	case way != "":
		err = fmt.Errorf("%w: %s (%w)", blob.ErrRefused, way, err)
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: strings.TrimSuffix(s.name+"/"+key, "/"), Class: class, Err: err}
}

// wayOut is what a person can do about err; empty when there is nothing but to wait.
func (s *Store) wayOut(err error) string {
	var authority x509.UnknownAuthorityError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, errNoCredentials):
		return "they are needed for ENDPOINT"
	case errors.As(err, &authority), errors.As(err, &certificate):
		return s.fill("the certificate of ENDPOINT is not trusted: name its authority in `network.ca_file`")
	case errors.As(err, &record), isPlain(err):
		return s.fill("ENDPOINT does not speak HTTPS: set `s3.secure` to false, or name another port")
	}
	way, ok := ways[codeOf(err)]
	if !ok && statusOf(err) == http.StatusForbidden {
		way = ways["AccessDenied"]
	}
	return s.fill(way)
}

func (s *Store) fill(way string) string {
	return strings.NewReplacer("BUCKET", s.o.Bucket, "ENDPOINT", s.o.Endpoint,
		"NOW", time.Now().UTC().Format(time.RFC3339)).Replace(way)
}

// errShort is an answer that ends before what it should hold.
var errShort = fmt.Errorf("the answer is shorter than what was asked for: %w", io.ErrUnexpectedEOF)
