// Package configs holds the configuration of Ibid: what can be set, what it is by default, and where it is
// read from.
//
// default.yaml says everything there is to say about each key, and is where the defaults come from. [Load]
// puts an operator's file over it and the environment over that. Only keys that do something in this
// version are known; any other is an error that names it, its line, and the nearest key that is known.
package configs

import (
	_ "embed"
	"fmt"

	"github.com/ibid-archive/ibid/scheduler"
)

// Config is the whole configuration. default.yaml explains each key.
type Config struct {
	Store   string  `yaml:"store"`
	S3      S3      `yaml:"s3"`
	Catalog string  `yaml:"catalog"`
	Network Network `yaml:"network"`
	Crawl   Crawl   `yaml:"crawl"`
	Spool   Spool   `yaml:"spool"`
	Health  Health  `yaml:"health"`
	Rescue  Rescue  `yaml:"rescue"`
	Push    Push    `yaml:"push"`
	Copies  []Copy  `yaml:"copies"`
	Verify  Verify  `yaml:"verify"`

	Schedule    string       `yaml:"schedule"`
	Timezone    string       `yaml:"timezone"`
	Scheduler   Scheduler    `yaml:"scheduler"`
	Collections []Collection `yaml:"collections"`

	Signing Signing `yaml:"signing"`
	Custody Custody `yaml:"custody"`

	Server Server `yaml:"server"`
	Notify Notify `yaml:"notify"`
}

// Signing says with what exports are signed.
type Signing struct {
	Key string `yaml:"key"`
	// Domain is the certificate in whose name exports are signed; empty: with the key alone.
	Domain    TLS    `yaml:"domain"`
	RootsFile string `yaml:"roots_file"`
}

// Custody says who stamps the checkpoints of the custody log with the time.
type Custody struct {
	Timestamp Timestamp `yaml:"timestamp"`
}

// Timestamp names an authority for time stamps (RFC 3161).
type Timestamp struct {
	URL string `yaml:"url"`
}

// Server says where ibid serve answers.
type Server struct {
	Listen       string `yaml:"listen"`
	ReplayListen string `yaml:"replay_listen"`
	URL          string `yaml:"url"`
	ReplayURL    string `yaml:"replay_url"`
	ReplayAssets string `yaml:"replay_assets"`
	Auth         Auth   `yaml:"auth"`
	TLS          TLS    `yaml:"tls"`
	// TrustedProxies are addresses and prefixes of them.
	TrustedProxies []string `yaml:"trusted_proxies"`
	OIDC           OIDC     `yaml:"oidc"`
}

// OIDC says with which issuer people can sign in; without one, with none.
type OIDC struct {
	Issuer       string `yaml:"issuer"`
	ClientID     string `yaml:"client_id"`
	ClientSecret Secret `yaml:"client_secret"`
	Claim        string `yaml:"claim"`
	// Read, Write and Admin are values of the claim.
	Read  []string `yaml:"read"`
	Write []string `yaml:"write"`
	Admin []string `yaml:"admin"`
}

// TLS is a certificate with its key, in files. The server answers with it over HTTPS; empty: over HTTP.
type TLS struct {
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
}

// Auth says who may do what over HTTP.
type Auth string

// The values of Auth.
const (
	// AuthToken: writing, and reading of what is private, needs a token.
	AuthToken Auth = "token"
	// AuthNone: whoever sits at this machine may do everything, and nobody else is let in.
	AuthNone Auth = "none"
)

// UnmarshalText sets a to one of its values, and fails on any other text.
func (a *Auth) UnmarshalText(text []byte) error {
	switch v := Auth(text); v {
	case AuthToken, AuthNone:
		*a = v
		return nil
	default:
		return fmt.Errorf("%q is neither %q nor %q", text, AuthToken, AuthNone)
	}
}

// Network says what may be asked, and for how long.
type Network struct {
	Contact      string   `yaml:"contact"`
	Allow        []string `yaml:"allow"`
	Ports        []int    `yaml:"ports"`
	ConnectTo    []string `yaml:"connect_to"`
	Resolver     string   `yaml:"resolver"`
	CAFile       string   `yaml:"ca_file"`
	Timeout      Timeout  `yaml:"timeout"`
	MaxHeader    Size     `yaml:"max_header"`
	MaxBody      Size     `yaml:"max_body"`
	MaxDecoded   Size     `yaml:"max_decoded"`
	MaxRedirects int      `yaml:"max_redirects"`
	Tries        int      `yaml:"tries"`
}

// Timeout bounds the parts of one request.
type Timeout struct {
	Connect Duration `yaml:"connect"`
	TLS     Duration `yaml:"tls"`
	Header  Duration `yaml:"header"`
	Idle    Duration `yaml:"idle"`
	Total   Duration `yaml:"total"`
}

// Crawl says what is fetched, and how politely.
type Crawl struct {
	Concurrency int      `yaml:"concurrency"`
	PerHost     PerHost  `yaml:"per_host"`
	Robots      Robots   `yaml:"robots"`
	Depth       int      `yaml:"depth"`
	MaxPages    int      `yaml:"max_pages"`
	Requisites  bool     `yaml:"requisites"`
	FullEvery   Duration `yaml:"full_every"`
}

// PerHost bounds what is asked of one host.
type PerHost struct {
	Parallelism int      `yaml:"parallelism"`
	Delay       Duration `yaml:"delay"`
}

// Spool says where bytes wait until they are in the store.
type Spool struct {
	Dir    string `yaml:"dir"`
	Max    Size   `yaml:"max"`
	Memory Size   `yaml:"memory"`
}

// S3 says how a store in a bucket is reached.
type S3 struct {
	Endpoint   string     `yaml:"endpoint"`
	Region     string     `yaml:"region"`
	Secure     bool       `yaml:"secure"`
	Addressing Addressing `yaml:"addressing"`
	ObjectLock ObjectLock `yaml:"object_lock"`
}

// ObjectLock says how long a bucket keeps objects that nobody can delete meanwhile.
type ObjectLock struct {
	Mode LockMode `yaml:"mode"`
	Days int      `yaml:"days"`
}

// LockMode is who can end a lock before its time.
type LockMode string

// The values of LockMode.
const (
	// LockNone: nothing is locked by us.
	LockNone LockMode = "none"
	// LockGovernance: those who are allowed to can.
	LockGovernance LockMode = "governance"
	// LockCompliance: nobody can.
	LockCompliance LockMode = "compliance"
)

// UnmarshalText sets m to one of its values, and fails on any other text.
func (m *LockMode) UnmarshalText(text []byte) error {
	switch v := LockMode(text); v {
	case LockNone, LockGovernance, LockCompliance:
		*m = v
		return nil
	default:
		return fmt.Errorf("%q is neither %q nor %q nor %q", text, LockNone, LockGovernance, LockCompliance)
	}
}

// Addressing says where the name of a bucket stands in an address.
type Addressing string

// The values of Addressing.
const (
	AddressingAuto Addressing = "auto"
	AddressingPath Addressing = "path"
	AddressingHost Addressing = "host"
)

// UnmarshalText sets a to one of its values, and fails on any other text.
func (a *Addressing) UnmarshalText(text []byte) error {
	switch v := Addressing(text); v {
	case AddressingAuto, AddressingPath, AddressingHost:
		*a = v
		return nil
	default:
		return fmt.Errorf("%q is neither %q nor %q nor %q", text, AddressingAuto, AddressingPath, AddressingHost)
	}
}

// Scheduler says how due times are dealt with.
type Scheduler struct {
	Jitter   Duration          `yaml:"jitter"`
	CatchUp  scheduler.CatchUp `yaml:"catch_up"`
	Overlap  scheduler.Overlap `yaml:"overlap"`
	Adaptive Adaptive          `yaml:"adaptive"`
}

// Adaptive bounds how much sooner or later than its schedule a source is looked at.
type Adaptive struct {
	Factor int      `yaml:"factor"`
	Min    Duration `yaml:"min"`
	Max    Duration `yaml:"max"`
}

// Robots says what is done with robots.txt.
type Robots string

// The values of Robots.
const (
	RobotsObey   Robots = "obey"
	RobotsIgnore Robots = "ignore"
)

// UnmarshalText sets r to one of its values, and fails on any other text.
func (r *Robots) UnmarshalText(text []byte) error {
	switch v := Robots(text); v {
	case RobotsObey, RobotsIgnore:
		*r = v
		return nil
	default:
		return fmt.Errorf("%q is neither %q nor %q", text, RobotsObey, RobotsIgnore)
	}
}

//go:embed default.yaml
var defaultYAML []byte

// Default returns the built-in defaults: default.yaml as it was when the program was built.
func Default() Config {
	var c Config
	if err := newLoader(&c).file("default.yaml", defaultYAML); err != nil {
		// The file is part of the program, and a test reads it: this cannot happen to a user.
		panic(err)
	}
	return c
}
