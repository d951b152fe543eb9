"""The one boundary of the command line: arguments in, exit code out; every error ends here."""

from __future__ import annotations

import os
import sys

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

EXITS = {
    "refused": 1,
    "not_found": 1,
    "invalid": 1,
    "usage": 2,
    "claimed": 5,
    "locked": 6,
    "git": 7,
    "interrupted": 130,
}
BUG = 70
# How many problems of one refusal a person is shown; JSON has them all.
_TOLD = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _encode_output()
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough. What was to be saved is saved; Python must not flush once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("tm: interrupted", file=sys.stderr)
        return EXITS["interrupted"]
    except TmError as error:
        return _refused(error, as_json="--json" in words)
    except RecursionError as error:
        return _bug(words, error)
    except Exception as error:
        return _bug(words, error)
    return code


def _run(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        from tmfiles import __version__

        print(f"tm {__version__}")
        return 0
    from tmfiles.cli.app import run

    return run(words)


def _encode_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _refused(error: TmError, *, as_json: bool) -> int:
    if as_json:
        from tmfiles.render import documents

        sys.stdout.write(documents.error(error))
        sys.stdout.flush()
    else:
        sys.stderr.write(worded(error))
    return EXITS.get(error.code, 1)


def worded(error: TmError) -> str:
    """Give a refusal as lines: what happened, each problem where it stands, what to type next."""
    from tmfiles.render.text import paragraphs

    lines = [f"tm: {error.message}", *(f"  {problem}" for problem in error.problems[:_TOLD])]
    if len(error.problems) > _TOLD:
        lines.append(f"  and {len(error.problems) - _TOLD} more")
    if error.hint:
        lines.append(error.hint if error.hint.startswith(("tm ", "git ")) else error.hint[0].upper() + error.hint[1:])
    return paragraphs("\n".join(lines)) + "\n"


def _bug(words: list[str], error: BaseException) -> int:
    import platform
    import tempfile
    import traceback

    from tmfiles import __version__

    text = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile("w", prefix="tm-report-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(f"tm {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
        file.write(f"command: tm {words[0] if words else ''}\n\n{text}")
    print(f"tm: this is a bug in tm: {type(error).__name__}: {error}", file=sys.stderr)
    print(f"Please report it with this file: {file.name}", file=sys.stderr)
    return BUG
