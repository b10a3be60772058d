// Package login signs people in with an issuer of OpenID Connect: by an authorization code (OpenID Connect Core 1.0, 3.1) with PKCE
// (RFC 7636), a state and a nonce. What the issuer says of a person decides what they may do.
package login
