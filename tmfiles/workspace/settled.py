"""What each setting is and who says so: flags, environment, git, the store, the person, defaults, in this order."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import person
from tmfiles.settings import PERSON, STORE, TABLE
from tmfiles.store import CONFIG, FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from tmfiles.config import Config, Environment

DEFAULT = "default"


class Said(namedtuple("Said", "key value source")):
    """One setting's value, and the flag, variable, key or file that says so."""

    __slots__ = ()

    key: str
    value: Any
    source: str


class Sources:
    """The places that say settings; each is read when it is first needed, and only then.

    `git` is asked for git's whole configuration, keys in lower case; `store` for what config.yaml says.
    """

    def __init__(
        self,
        environment: Environment,
        git: Callable[[], Mapping[str, str]],
        store: Callable[[str], Mapping[str, Any]],
    ) -> None:
        self._variables = environment.variables or {}
        self._ask_git = git
        self._ask_store = store
        self.file = person.path(self._variables) if environment.variables is not None else ""
        self._git: Mapping[str, str] | None = None
        self._person: Mapping[str, Any] | None = None

    def say(self, key: str, flag: str = "") -> Said:
        """Give what holds for a setting; `flag` is what the command line says. Raises TmError for nonsense."""
        one = TABLE[key]
        if flag:
            return Said(key, one.read(flag, one.flag), one.flag)
        if text := self._variables.get(one.variable, "").strip():
            return Said(key, one.read(text, one.variable), one.variable)
        if one.git and (text := self.git().get(one.git.lower(), "")):
            return Said(key, one.read(text, f"git config {one.git}"), f"git config {one.git}")
        if STORE in one.places and (value := self._ask_store(key).get(key)) is not None:
            return Said(key, value, f"{FOLDER}/{CONFIG}")
        if PERSON in one.places and key in self.person():
            return Said(key, self.person()[key], self.file)
        return Said(key, one.default, DEFAULT)

    def git(self) -> Mapping[str, str]:
        """Give git's configuration, keys in lower case."""
        if self._git is None:
            self._git = self._ask_git()
        return self._git

    def person(self) -> Mapping[str, Any]:
        """Give what the person's own file says."""
        if self._person is None:
            self._person = person.load(self.file) if self.file else {}
        return self._person


def said_by(config: Config) -> dict[str, Any]:
    """Give what the store's configuration says otherwise than by default."""
    plain = type(config)()
    keys = [key for key, setting in TABLE.items() if STORE in setting.places]
    return {key: getattr(config, key) for key in keys if getattr(config, key) != getattr(plain, key)}
