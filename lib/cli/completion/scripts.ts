/** What a shell has to be told so that it asks autoborg for completions. @module */

/** The shells that there is a script for. */
const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = typeof SHELLS[number];

/** Reads the argument of `completions`; throws a RangeError when there is no script for it. */
export function parseShell(text: string): Shell {
  const shell = SHELLS.find((known) => known === text);
  if (shell === undefined) throw new RangeError("expected bash, zsh or fish");
  return shell;
}

/** Their scripts. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of autoborg for bash 4.2 or newer.
#   for yourself:  autoborg completions bash > ~/.local/share/bash-completion/completions/autoborg
#   for everybody: autoborg completions bash > /usr/share/bash-completion/completions/autoborg
# Without the package bash-completion: source <(autoborg completions bash), in ~/.bashrc

_autoborg() {
  local IFS=$' \\t\\n' program=\${1/#\\~/$HOME} line word glue answer
  COMPREPLY=()
  type -P -- "$program" >/dev/null || program=autoborg
  line=\${COMP_LINE:0:\${COMP_POINT:-0}}
  if [[ -z $line ]]; then
    # Some other function has called this one, with nothing but words.
    for word in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
      case $word in
        = | :) line+=$word glue= ;;
        *) line+=$glue$word glue=' ' ;;
      esac
    done
  fi
  mapfile -t answer < <(
    "$program" completions propose bash "$COMP_WORDBREAKS" "$line" 2>/dev/null </dev/null
  )
  case \${answer[0]-} in
    files*) compopt -o default 2>/dev/null ;;
    directories*) compopt -o dirnames 2>/dev/null ;;
  esac
  [[ \${answer[0]-} == *' space' ]] || compopt -o nospace 2>/dev/null
  COMPREPLY=("\${answer[@]:1}")
}
complete -F _autoborg autoborg
`,

  zsh: `#compdef autoborg
# Completion of autoborg for zsh.
#   for everybody: autoborg completions zsh > /usr/local/share/zsh/site-functions/_autoborg
#   for yourself:  source <(autoborg completions zsh), in ~/.zshrc behind compinit

_autoborg() {
  local program=\${\${(Q)words[1]}/#\\~/$HOME} head before line word
  local -a answer described ending
  whence -p -- "$program" >/dev/null || program=autoborg
  answer=("\${(@f)$(
    "$program" completions propose zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" \\
      2>/dev/null </dev/null
  )}")
  head=\${answer[1]%%:*}
  before=\${answer[1]#*:}
  [[ -z $before ]] || compset -P "\${(b)before}"
  for line in "\${(@)answer[2,-1]}"; do
    # In what _describe reads a colon ends the word.
    word=\${line%%$'\\t'*}
    word=\${word//\\\\/\\\\\\\\}
    word=\${word//:/\\\\:}
    line=\${line#*$'\\t'}
    described+=("$word\${line:+:$line}")
  done
  case $head in
    # A comma that a space removes again.
    *' comma') ending=(-qS ,) ;;
    *' open') ending=(-S '') ;;
  esac
  case $head in
    files*) _alternative 'values:value:_autoborg_values' 'files:file:_files' ;;
    directories*) _alternative 'values:value:_autoborg_values' 'directories:directory:_files -/' ;;
    *) _autoborg_values ;;
  esac
}

_autoborg_values() {
  ((\${#described} > 0)) && _describe -t values value described "\${ending[@]}"
}

if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then _autoborg "$@"; else compdef _autoborg autoborg; fi
`,

  fish: `# Completion of autoborg for fish.
#   for yourself:  autoborg completions fish > ~/.config/fish/completions/autoborg.fish
#   for everybody: autoborg completions fish > /usr/share/fish/vendor_completions.d/autoborg.fish

function __autoborg_propose
    set -l words (commandline -opc)
    # As it is typed, with its quotes.
    set -l last (commandline -ct)
    set -l plain (string unescape -- "$last"; or echo -- "$last")
    set -l program (string replace -r '^~(?=/)' "$HOME" -- $words[1])
    command -q -- $program; or set program autoborg
    set -l answer ($program completions propose fish $words[2..-1] "$plain" 2>/dev/null </dev/null)
    set -q answer[1]; or return
    set -l head (string split -m 1 : -- $answer[1])
    set -l before $head[2]
    for line in $answer[2..-1]
        echo -- $before$line
    end
    set -l wanted
    switch $head[1]
        case 'files*'
            set wanted .
        case 'directories*'
            set wanted '/$'
        case '*'
            return
    end
    # What fish proposes for a program that it does not know.
    set -l typed (string sub -s (math (string length -- "$before") + 1) -- "$last")
    for place in (complete -C "'' $typed" | string match -r ".*$wanted.*")
        echo -- $before$place
    end
end

complete -c autoborg -f -a '(__autoborg_propose)'
`,
};
