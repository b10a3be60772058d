package configs

import "testing"

// Archived pages are never shown from the origin of the application.
func TestOriginsMustDiffer(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    Server
		key  string
	}{
		{"two ports", Server{Listen: "127.0.0.1:1", ReplayListen: "127.0.0.1:2"}, ""},
		{"ports that the system chooses", Server{Listen: "127.0.0.1:0", ReplayListen: "127.0.0.1:0"}, ""},
		{"one port", Server{Listen: "127.0.0.1:1", ReplayListen: "127.0.0.2:1"}, "server.replay_listen"},
		{"one port with two names", Server{Listen: "127.0.0.1:1", ReplayListen: "127.0.0.2:1", URL: "https://a.example", ReplayURL: "https://b.example"}, ""},
		{"one name", Server{Listen: "127.0.0.1:1", ReplayListen: "127.0.0.1:2", URL: "https://a.example", ReplayURL: "https://A.example/"}, "server.replay_listen"},
		{"no port", Server{Listen: "127.0.0.1", ReplayListen: "127.0.0.1:2"}, "server.listen"},
		{"no listener", Server{Listen: "127.0.0.1:1"}, "server.replay_listen"},
		{"a path", Server{Listen: "127.0.0.1:1", ReplayListen: "127.0.0.1:2", URL: "https://a.example/ibid"}, "server.url"},
		{"scripts at this machine", Server{Listen: "127.0.0.1:1", ReplayListen: "127.0.0.1:2", ReplayAssets: "a"}, ""},
		{"scripts on two names", Server{Listen: "0.0.0.0:1", ReplayListen: "0.0.0.0:2", ReplayAssets: "a", URL: "https://a.example", ReplayURL: "https://b.example"}, ""},
		{"scripts on two ports of one name", Server{Listen: "0.0.0.0:1", ReplayListen: "0.0.0.0:2", ReplayAssets: "a"}, "server.replay_assets"},
		{"scripts on two ports of one name, behind a proxy", Server{Listen: "127.0.0.1:1", ReplayListen: "127.0.0.1:2", ReplayAssets: "a", URL: "https://a.example", ReplayURL: "https://a.example:8443"}, "server.replay_assets"},
		{"no scheme", Server{Listen: "127.0.0.1:1", ReplayListen: "127.0.0.1:2", ReplayURL: "b.example"}, "server.replay_url"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Default()
			c.Server = tt.s
			got := ""
			if p := c.problem(); p != nil {
				got = p.key
			}
			if got != tt.key {
				t.Errorf("the problem is in %q, not %q", got, tt.key)
			}
		})
	}
}
