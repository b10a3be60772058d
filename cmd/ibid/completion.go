package main

import (
	"context"
	"fmt"
	"strings"
	"text/template"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// shellScripts are the completion scripts; what they complete comes from the commands themselves.
var shellScripts = map[string]string{
	"bash": `# Put this into ~/.bashrc:  source <(ibid completion bash)
_ibid() {
  local cur=${COMP_WORDS[COMP_CWORD]} cmd=
  local w; for w in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case $w in -*) ;; *) cmd=$w; break ;; esac; done
  case $cmd in
{{- range .Commands}}
    {{.Name}}) COMPREPLY=($(compgen -W "{{.Flags}} {{$.Flags}}" -- "$cur")) ;;
{{- end}}
    *) COMPREPLY=($(compgen -W "{{.Names}} {{.Flags}}" -- "$cur")) ;;
  esac
  case $cur in -*) ;; *) [ -n "$cmd" ] && COMPREPLY=($(compgen -f -- "$cur")) ;; esac
}
complete -o filenames -F _ibid ibid
`,
	"zsh": `#compdef ibid
# Put this into ~/.zshrc:  source <(ibid completion zsh)
_ibid() {
  local -a commands=({{range .Commands}}
    '{{.Name}}:{{.Help}}'{{end}}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case $words[2] in
{{- range .Commands}}
    {{.Name}}) compadd -- {{.Flags}} {{$.Flags}}; _files ;;
{{- end}}
  esac
}
compdef _ibid ibid
`,
	"fish": `# Put this into ~/.config/fish/completions/ibid.fish
{{- range .Commands}}
complete -c ibid -n __fish_use_subcommand -a {{.Name}} -d '{{.Help}}'
{{- $name := .Name}}{{range .Long}}
complete -c ibid -n '__fish_seen_subcommand_from {{$name}}' -l {{.}}
{{- end}}{{end}}
{{- range .Long}}
complete -c ibid -l {{.}}
{{- end}}
`,
}

type shellWords struct {
	Commands     []shellCommand
	Names, Flags string
	Long         []string
}

type shellCommand struct {
	Name, Help, Flags string
	Long              []string
}

func (c completionCmd) Run(_ context.Context, p *program) error {
	words := shellWords{Long: longFlags(p.parser.Model.Node), Flags: dashed(longFlags(p.parser.Model.Node))}
	var names []string
	for _, n := range p.parser.Model.Children {
		help := strings.ReplaceAll(n.Help, "'", "’")
		words.Commands = append(words.Commands, shellCommand{n.Name, help, dashed(longFlags(n)), longFlags(n)})
		names = append(names, n.Name)
	}
	words.Names = strings.Join(names, " ")
	t, err := template.New(c.Shell).Parse(shellScripts[c.Shell])
	if err != nil {
		return fmt.Errorf("completion script: %w", err)
	}
	return t.Execute(p.stdout, words)
}

func longFlags(n *kong.Node) []string {
	var names []string
	for _, f := range n.Flags {
		names = append(names, f.Name)
	}
	return names
}

func dashed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "--" + strings.Join(names, " --")
}
