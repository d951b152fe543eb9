"""Signals held back while files and history disagree, and delivered afterwards; knows no files."""

from __future__ import annotations

import signal
import threading

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Held:
    """Hold interrupts back while the `with` block runs.

    Afterwards a handler of the program's own is called; where there is none, a TmError (`interrupted`)
    ends the command, and says in `words` what became of it. Only the main thread gets signals: in another
    one this does nothing.
    """

    def __init__(self, words: str, hint: str = "") -> None:
        self.words = words
        self.hint = hint
        self._caught: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Held:
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
                # What is ignored stays so (nohup), and what C code handles can't be put back from here.
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._before[number] = signal.signal(number, self._note)
        return self

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number not in self._caught:
            self._caught.append(number)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        ends = False
        for number in self._caught:
            if self._before[number] in (signal.SIG_DFL, signal.default_int_handler):
                ends = True
            else:
                signal.raise_signal(number)
        if ends and (error is None or isinstance(error, TmError)):
            raise TmError(f"interrupted: {self.words}", self.hint, "interrupted") from error
