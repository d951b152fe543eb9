"""Figures over the tasks in the text format that Prometheus reads; pure."""

from __future__ import annotations

from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tmfiles.metrics import Figures

    Sample = tuple[Mapping[str, str], float | None]


def text(found: Figures) -> str:
    """Give every figure as a gauge with its help; what cannot be counted is left out."""
    parts = []
    for name, words, samples in _gauges(found):
        rows = [f"{name}{_labels(labels)} {value:.10g}\n" for labels, value in samples if value is not None]
        if rows:
            parts.append(f"# HELP {name} {words}\n# TYPE {name} gauge\n{''.join(rows)}")
    return "".join(parts)


def _gauges(found: Figures) -> Iterator[tuple[str, str, list[Sample]]]:
    yield "tm_tasks", "Tasks by effective status.", [({"status": key}, n) for key, n in found.by_status.items()]
    yield "tm_created", "Tasks created in the period.", [({}, found.created)]
    yield "tm_completed", "Tasks completed in the period.", [({}, found.completed)]
    yield "tm_completion_ratio", "Completed tasks among those created and not cancelled.", [({}, found.completion_rate)]
    yield "tm_overdue", "Open tasks whose deadline has passed.", [({}, found.overdue)]
    yield "tm_throughput_per_week", "Tasks completed a week.", [({}, found.throughput)]
    for name, spans in (("cycle", found.cycle_time), ("lead", found.lead_time)):
        words = "from start to end" if name == "cycle" else "from creation to end"
        stats: list[Sample] = [({"stat": "median"}, spans.median), ({"stat": "mean"}, spans.mean)]
        yield f"tm_{name}_time_hours", f"Hours of the calendar {words}.", stats
    yield "tm_effort_ratio", "Time spent on completed tasks to their estimates.", [({}, found.variance["ratio"])]
    marks: list[Sample] = [({"mark": key}, found.feedback[key]) for key in ("quality", "timeliness")]
    yield "tm_feedback", "Average marks of completed tasks, of 5.", marks
    for key, words in (("open", "Open tasks"), ("completed", "Completed tasks"), ("overdue", "Overdue tasks")):
        samples: list[Sample] = [({"assignee": one["assignee"]}, one[key]) for one in found.by_assignee]
        yield f"tm_assignee_{key}", f"{words} by assignee.", samples


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    return line(value).replace("\\", "\\\\").replace('"', '\\"')
