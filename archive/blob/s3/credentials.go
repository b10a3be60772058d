package s3

import (
	"errors"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// identityTimeout bounds a question to the machine's own identity service. Where there is none, nobody answers.
const identityTimeout = 5 * time.Second

var errNoCredentials = errors.New("there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, " +
	"or AWS_PROFILE for a profile of ~/.aws/credentials, or run on a machine that has a role")

// credentialsOf is the usual chain. What expires is asked for again in time: at 80 % of its life, and when the
// server says that it has expired.
func credentialsOf(o Options, transport http.RoundTripper) *credentials.Credentials {
	if o.AccessKey != "" {
		return credentials.NewStaticV4(o.AccessKey, o.SecretKey, "")
	}
	return credentials.New(&chain{providers: []credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.FileAWSCredentials{},
		&credentials.IAM{Client: &http.Client{Transport: transport, Timeout: identityTimeout}},
	}})
}

// chain is the first of its providers that has something. Without any it fails: the chain of minio-go goes on
// without a name, and what the server says to that is of no help.
type chain struct {
	providers []credentials.Provider
	current   credentials.Provider
}

// RetrieveWithCredContext implements credentials.Provider.
func (c *chain) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	for _, p := range c.providers {
		v, err := p.RetrieveWithCredContext(cc)
		if err == nil && v.AccessKeyID != "" && v.SecretAccessKey != "" {
			c.current = p
			return v, nil
		}
	}
	return credentials.Value{}, errNoCredentials
}

// Retrieve implements credentials.Provider.
func (c *chain) Retrieve() (credentials.Value, error) { return c.RetrieveWithCredContext(nil) }

// IsExpired implements credentials.Provider.
func (c *chain) IsExpired() bool { return c.current == nil || c.current.IsExpired() }
