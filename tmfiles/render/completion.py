"""The scripts that let bash, zsh and fish ask tm what may be typed next; pure."""

from __future__ import annotations

_BASH = """\
# What may follow `tm` in bash. To install:
#   mkdir -p ~/.local/share/bash-completion/completions
#   tm completion bash > ~/.local/share/bash-completion/completions/tm
# or, where bash-completion is not installed, in ~/.bashrc: eval "$(tm completion bash)"
_tm() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [ "$line" = ":files" ]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]#=}")
            return
        fi
        COMPREPLY+=("$line")
    done < <(tm __complete bash "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tm tm
"""

_ZSH = """\
#compdef tm
# What may follow `tm` in zsh. To install, with a folder of your own in fpath before compinit runs:
#   mkdir -p ~/.zfunc && tm completion zsh > ~/.zfunc/_tm
#   in ~/.zshrc: fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit
_tm() {
    local -a found
    found=("${(@f)$(tm __complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    found=("${(@)found:#}")
    if [[ "$found[1]" == ":files" ]]; then
        compset -P '--*='
        _files
    elif (( $#found )); then
        _describe -V 'tm' found
    fi
}
if [[ "$funcstack[1]" == "_tm" ]]; then
    _tm "$@"
else
    compdef _tm tm
fi
"""

_FISH = """\
# What may follow `tm` in fish. To install:
#   mkdir -p ~/.config/fish/completions
#   tm completion fish > ~/.config/fish/completions/tm.fish
function __tm_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (tm __complete fish $words[2..-1] "$current" 2>/dev/null)
    if test "$found[1]" = ":files"
        __fish_complete_path "$current"
    else if set -q found[1]
        printf '%s\\n' $found
    end
end
complete -c tm -e
complete -c tm -f -k -a '(__tm_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
