"""What the server counts of itself, for Prometheus: requests and their time, writers and theirs; knows no task.

Of several workers each counts into files of its own, in a folder that PROMETHEUS_MULTIPROC_DIR names before the library
is loaded; whichever is asked adds up all of them.
"""

from __future__ import annotations

import os
import tempfile

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_TIMES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Measures:
    """The counters of one application."""

    def __init__(self) -> None:
        own = CollectorRegistry()
        self._registry = own
        labels = ("method", "route")
        self.requests = Counter("tm_requests", "Requests answered.", (*labels, "status"), registry=own)
        self.seconds = Histogram("tm_request_seconds", "Time to the answer.", labels, registry=own, buckets=_TIMES)
        self.waits = Histogram(
            "tm_lock_wait_seconds", "Time that a writer waited for others.", registry=own, buckets=_TIMES
        )
        self.writes = Histogram(
            "tm_write_seconds", "Time from the lock to its release: commit.", registry=own, buckets=_TIMES
        )
        self.listeners = Gauge("tm_listeners", "Who listen to events.", registry=own, multiprocess_mode="livesum")

    def wrote(self, waited: float, held: float) -> None:
        """Count one write: seconds waited for the lock, and seconds it was held."""
        self.waits.observe(waited)
        self.writes.observe(held)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    def text(self) -> str:
        """Give all that was counted, by all workers, as Prometheus reads it."""
        registry = self._registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        return generate_latest(registry).decode("utf-8")


def shared() -> tempfile.TemporaryDirectory[str]:
    """Make the folder where workers that begin from now on count together."""
    made = tempfile.TemporaryDirectory(prefix="tm-measures-")
    os.environ[FOLDER] = made.name
    return made


def gone(worker: int) -> None:
    """Count no more what a worker, now ended, had at that moment."""
    mark_process_dead(worker)
