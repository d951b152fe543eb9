"""Which settings there are, where each may be said, and what its words mean; reads no file and no variable."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.words import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
# Where a setting may be said beside git's configuration, which may say all but the shared ones.
STORE, PERSON, SHARED = "store", "person", "shared"


class Setting(namedtuple("Setting", "key values default variable flag places about")):
    """One setting: its values (a tuple of words, or a type), its default, and the places that may say it.

    `variable` and `flag` are empty where none says it. `places` holds STORE for config.yaml, PERSON for the
    person's file, SHARED where the store alone may say it, since all who share it must agree.
    """

    __slots__ = ()

    key: str
    values: Any
    default: Any
    variable: str
    flag: str
    places: tuple[str, ...]
    about: str

    @property
    def git(self) -> str:
        """The name in git's configuration, as people write it; empty where git's may not say it."""
        head, *rest = self.key.split("_")
        return "" if SHARED in self.places else f"tm.{head}{''.join(word.title() for word in rest)}"

    def read(self, value: Any, where: str) -> Any:
        """Give what a value means, be it text or of its type already; raises TmError that names `where`."""
        text = str(value).strip()
        if self.values is bool:
            word = text.lower()
            if word not in TRUE + FALSE:
                raise self._refusal(where, value, "true or false")
            return word in TRUE
        if self.values in (int, float):
            try:
                number = self.values(text)
            except ValueError:
                number = -1
            if isinstance(value, bool) or not 0 <= number < 1_000_000:
                raise self._refusal(where, value, "a number" if self.values is int else "a number of seconds")
            return number
        if not text or "\n" in text:
            raise self._refusal(where, value, "a line of text")
        if isinstance(self.values, tuple) and text not in self.values:
            raise self._refusal(where, value, f"one of {', '.join(self.values)}")
        return text

    def _refusal(self, where: str, value: Any, want: str) -> TmError:
        return TmError(f"{where}: {str(value)[:60]!r} is not {want}", self.about, "usage")


_TABLE = (
    Setting("store", str, "", "TM_STORE", "-C", (), "the folder that holds .tasks/, where it is not found above"),
    Setting("actor", str, "", "TM_AGENT_ID", "--as", (PERSON,), "who acts; else the name that Git knows"),
    Setting("editor", str, "", "TM_EDITOR", "", (PERSON,), "the editor of tm edit; else the one that Git would open"),
    Setting(
        "color", ("auto", "always", "never"), "auto", "TM_COLOR", "--color", (PERSON,), "when a terminal gets colour"
    ),
    Setting("limit", int, 50, "TM_LIMIT", "--limit", (STORE, PERSON), "how many tasks a terminal shows; 0 is all"),
    Setting("lock_timeout", float, 60.0, "TM_LOCK_TIMEOUT", "", (PERSON,), "seconds to wait for another writer"),
    Setting(
        "commit",
        ("auto", "manual"),
        "auto",
        "TM_COMMIT",
        "--no-commit",
        (STORE,),
        "whether a command commits what it wrote, or leaves it for tm commit",
    ),
    Setting("run_hooks", bool, False, "", "", (STORE,), "whether the project's git hooks run for tm's commits"),
    Setting("trailers", bool, False, "", "", (STORE, SHARED), "whether the trailers of commits act on tasks"),
    Setting(
        "log",
        ("off", "warning", "info", "debug"),
        "warning",
        "TM_LOG",
        "",
        (PERSON,),
        "what goes into the log of this work tree",
    ),
    Setting("layout", ("auto", "flat", "sharded"), "auto", "", "", (STORE, SHARED), "where new task files go"),
)
TABLE = {setting.key: setting for setting in _TABLE}


def known(key: str, also: tuple[str, ...] = ()) -> str:
    """Give a key back as it is written here; raises TmError for one that is not there."""
    plain = key.strip().removeprefix("tm.").replace("-", "_")
    keys = [*TABLE, *also]
    for one in keys:
        if plain == one or plain.lower() == one.replace("_", ""):
            return one
    near = did_you_mean(plain, keys, 1)
    hint = f"did you mean {near[0]}? All of them: tm config" if near else f"there are: {', '.join(keys)}"
    raise TmError(f"no setting {key!r}", hint, "usage")
