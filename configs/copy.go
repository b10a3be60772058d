package configs

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Copy is a further store that holds what the first one holds. It is written as its address alone, or with keys of its own.
type Copy struct {
	Store  string `yaml:"store"`
	S3     S3     `yaml:"s3"`
	Key    Secret `yaml:"key"`
	Secret Secret `yaml:"secret"`
}

// defaults are the values of keys that an item leaves out.
func (c *Copy) defaults() { c.S3 = S3{Secure: true, Addressing: AddressingAuto} }

// UnmarshalText sets c to the store at text, reached as usual.
func (c *Copy) UnmarshalText(text []byte) error {
	*c = Copy{Store: string(text)}
	c.defaults()
	return nil
}

// Verify says how often, and how fast, all that is held is read again.
type Verify struct {
	Every Duration `yaml:"every"`
	Rate  Size     `yaml:"rate"`
}

// Bucket is what a store of the form s3://BUCKET or s3://BUCKET/PREFIX names; ok is false for a directory.
func (c Config) Bucket() (bucket, prefix string, ok bool) { return BucketOf(c.Store) }

// BucketOf is [Config.Bucket] for any store.
func BucketOf(store string) (bucket, prefix string, ok bool) {
	rest, ok := strings.CutPrefix(store, "s3://")
	bucket, prefix, _ = strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	return bucket, prefix, ok
}

func (c Config) copiesProblem() *problem {
	first := map[string]string{placeOf(c.Store, c.S3): "store"}
	for i, k := range c.Copies {
		name := fmt.Sprintf("copies[%d]", i)
		for _, check := range []struct {
			key string
			err error
		}{
			{".store", storeProblem(k.Store)},
			{".s3.endpoint", endpointProblem(k.S3.Endpoint)},
			{".s3.region", oneLine(k.S3.Region)},
			{".key", k.secretsProblem()},
		} {
			if check.err != nil {
				return &problem{name + check.key, check.err}
			}
		}
		if before, twice := first[placeOf(k.Store, k.S3)]; twice {
			return &problem{name + ".store", fmt.Errorf("%.200q is a store already, as %s: a copy is another place", k.Store, before)}
		}
		first[placeOf(k.Store, k.S3)] = name + ".store"
	}
	return nil
}

func placeOf(store string, s S3) string {
	if _, _, ok := BucketOf(store); ok {
		return s.Endpoint + " " + strings.TrimSuffix(store, "/")
	}
	return filepath.Clean(store)
}

func (c Copy) secretsProblem() error {
	if (c.Key == "") != (c.Secret == "") {
		return errors.New("an access key and its secret belong together: give both, or neither for those of the environment")
	}
	return nil
}

// leastCycle bounds verify.every: a shorter cycle would read nothing but what it has just read.
const leastCycle = Duration(time.Hour)

func (v Verify) problem() error {
	if v.Every == 0 {
		return nil
	}
	return atLeast(v.Every, leastCycle)
}
