"""`python -m tests.bench.plugged [--tasks 1000]`: what ten installed plugins cost the commands that ask none of them.

Each command runs with the plugins and without, by turns, in one run; the figures are medians of processor time, and
their ratio.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import __main__ as bench
from tests.bench import stores

COMMANDS = (("list",), ("ready",), ("list", "--tag", "web"), ("check", "--staged"), ("check",))
_MODULE = """
from tmfiles.plugins.hooks import Command, Rule, hookimpl
def say(): 'Say.'
@hookimpl
def tm_commands(): return [Command('say-{0}', say)]
@hookimpl
def tm_rules(): return [Rule('rule-{0}', 'nothing', lambda tasks: [])]
"""


def main() -> None:
    """Print a line a command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.plugged", description=__doc__)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--times", type=int, default=21)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tm-bench-") as folder:
        root, packages = Path(folder) / "store", Path(folder) / "packages"
        stores.filled(root, asked.tasks)
        for number in range(10):
            install(packages, f"p{number}", _MODULE.format(number))
        print(f"{'':20}{'without':>9}{'with ten':>10}{'ratio':>8}   ms of processor time, {asked.tasks:,} tasks")
        for words in COMMANDS:
            taken: tuple[list[float], list[float]] = ([], [])
            for turn in range(asked.times + 1):
                for place, kept in zip((bench.SOURCE, packages), taken, strict=True):
                    cost = bench._run(_command(words, place), root)
                    if turn:  # the first finds cold caches
                        kept.append(cost.cpu * 1000)
            without, ten = map(statistics.median, taken)
            print(f"{' '.join(words):20}{without:9.1f}{ten:10.1f}{ten / without:8.2f}", flush=True)


def install(folder: Path, name: str, code: str) -> None:
    """Put a plugin into a folder as an installer does."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[tmfiles]\n{name} = {name}\n", encoding="utf-8")


def _command(words: Sequence[str], packages: Path | str) -> list[str]:
    python, flag, code = bench.TM
    return [python, flag, f"import sys; sys.path.append({str(packages)!r}); {code}", *words]


if __name__ == "__main__":
    main()
