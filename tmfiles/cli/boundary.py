"""The one boundary of the command line: arguments in, exit code out; every error ends here."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

from tmfiles.cli import streams
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

BUG = 70
EXITS = {
    "refused": 1,
    "not_found": 1,
    "invalid": 1,
    "usage": 2,
    "claimed": 5,
    "race": 5,
    "locked": 6,
    "git": 7,
    "bug": BUG,
    "interrupted": 130,
}
# What a full or broken disk, a read-only place or missing permission answer.
_REFUSALS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE, errno.EFBIG)
# How many problems of one refusal a person is shown; JSON has them all.
_TOLD = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    words = [_text(word) for word in (sys.argv[1:] if arguments is None else arguments)]
    as_json = "--json" in words or _formatted(words)
    streams.prepare(utf8=as_json)
    try:
        code = _run(words)
        streams.flush()
    except BrokenPipeError:
        code = 0  # the reader has seen enough; what was to be saved is saved
    except KeyboardInterrupt:
        code = _told(TmError("interrupted", code="interrupted"), as_json=as_json)
    except TmError as error:
        code = _told(error, as_json=as_json)
    except OSError as error:
        refused = _outside(error)
        code = _told(refused, as_json=as_json) if refused else _bug(words, error, as_json=as_json)
    except Exception as error:
        code = _bug(words, error, as_json=as_json)
    streams.leave()
    return code


def _run(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        from tmfiles import __version__

        streams.put(f"tm {__version__}\n")
        return 0
    if words[:1] == ["__complete"]:
        from tmfiles.cli import complete

        return complete.answer(words[1:])
    from tmfiles import compat

    if compat.is_open(words, os.environ):
        from tmfiles.compat.room import run as run_as_before

        return run_as_before(words, _plain)
    return _plain(words)


def _plain(words: list[str]) -> int:
    from tmfiles.cli import front

    if (code := front.run(words)) is not None:
        return code
    from tmfiles.cli.app import run

    return run(words)


def _formatted(words: Sequence[str]) -> bool:
    """Tell whether a list is to be JSON by another name; an export's format is no such thing."""
    behind = words[words.index("--format") + 1 :] if "--format" in words else []
    asked = "--format=json" in words or behind[:1] == ["json"]
    return asked and "export" not in words


def _text(word: str) -> str:
    """Give a word of the command line as text; in a locale such as C, Python takes UTF-8 for loose bytes."""
    try:
        return word if word.isprintable() else os.fsencode(word).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return word


def _outside(error: OSError) -> TmError | None:
    """Word what the system refuses: that is no bug, wherever it happens."""
    if error.errno not in _REFUSALS:
        return None
    where = f" ({os.fsdecode(error.filename)})" if isinstance(error.filename, (str, bytes)) else ""
    text = error.strerror or str(error)
    return TmError(f"{text[:1].lower()}{text[1:]}{where}", "see to that first, then run the command again")


def _told(error: TmError, *, as_json: bool) -> int:
    if as_json:
        from tmfiles.render import documents

        try:
            streams.put(documents.error(error))
            streams.flush()
        except BrokenPipeError:
            pass
        except (OSError, TmError):  # where data cannot be written, a document cannot either
            streams.say(worded(error))
    else:
        streams.say(worded(error))
    return EXITS.get(error.code, 1)


def worded(error: TmError) -> str:
    """Give a refusal as lines: what happened, each problem where it stands, what to type next."""
    from tmfiles.render.text import paragraphs

    problems = error.problems
    if len(problems) == 1 and error.message in (problems[0].message, str(problems[0])):
        lines = [f"tm: {problems[0]}"]
    else:
        lines = [f"tm: {error.message}", *(f"  {problem}" for problem in problems[:_TOLD])]
    if len(problems) > _TOLD:
        lines.append(f"  and {len(problems) - _TOLD} more")
    if error.hint:
        lines.append(error.hint if error.hint.startswith(("tm ", "git ")) else error.hint[0].upper() + error.hint[1:])
    return paragraphs("\n".join(lines)) + "\n"


def _bug(words: list[str], error: BaseException, *, as_json: bool) -> int:
    import platform
    import tempfile
    import traceback

    from tmfiles import __version__

    text = "".join(traceback.format_exception(error))
    hint = "please report it, with what you typed"
    with (
        suppress(OSError),
        tempfile.NamedTemporaryFile("w", prefix="tm-report-", suffix=".txt", delete=False, encoding="utf-8") as file,
    ):
        file.write(f"tm {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
        file.write(f"command: tm {words[0] if words else ''}\n\n{text}")
        hint = f"please report it with this file: {file.name}"
    return _told(TmError(f"this is a bug in tm: {type(error).__name__}: {error}", hint, "bug"), as_json=as_json)
