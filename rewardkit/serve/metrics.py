"""What a service counts, in a Prometheus registry of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from rewardkit.types import OUTCOMES, Verdict

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120)
MOST_ROUTES = 100


class Metrics:
    """Requests by endpoint and status, rows by outcome and route, their rewards, and the load of this moment.

    Args:
        endpoints: The paths that are counted by name.
    """

    def __init__(self, endpoints: Iterable[str] = ()) -> None:
        self._endpoints = frozenset(endpoints)
        self._routes: set[str] = set()
        self._registry = CollectorRegistry()
        self._requests = Counter("rewardkit_requests", "Requests answered.", ["endpoint", "status"], registry=self._registry)
        self._seconds = Histogram(
            "rewardkit_request_seconds",
            "From the head of a request to its answer.",
            ["endpoint"],
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._rows = Counter("rewardkit_rows", "Rows scored.", ["status", "reason", "route"], registry=self._registry)
        self._rewards = Summary("rewardkit_reward", "Rewards of the rows that have one.", ["route"], registry=self._registry)
        self._running = Gauge("rewardkit_requests_running", "Requests being scored.", registry=self._registry)
        self._waiting = Gauge("rewardkit_requests_waiting", "Requests in line.", registry=self._registry)
        self._pending = Gauge("rewardkit_pending_bytes", "Bytes of bodies held in memory.", registry=self._registry)

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count one answer; paths that are no endpoint share one label, since clients make them up."""
        endpoint = path if path in self._endpoints else "other"
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def scored(self, verdicts: Sequence[Verdict]) -> None:
        """Count rows and add up rewards; reasons of plugins share one label, as do routes above 100: neither has a bound."""
        for verdict in verdicts:
            reason = verdict.reason if verdict.reason in OUTCOMES else "other"
            route = self._label(verdict.info.get("route"))
            self._rows.labels(verdict.status.value, reason, route).inc()
            if verdict.score is not None:
                self._rewards.labels(route).observe(verdict.score)

    def _label(self, route: object) -> str:
        name = "" if route is None else str(route)[:100]
        if len(self._routes) < MOST_ROUTES:
            self._routes.add(name)
        return name if name in self._routes else "other"

    def load(self, running: int, waiting: int) -> None:
        """Note the load of the engine."""
        self._running.set(running)
        self._waiting.set(waiting)

    def pending(self, held: int) -> None:
        """Note the bytes of bodies in memory."""
        self._pending.set(held)

    def text(self) -> bytes:
        """All of it in the Prometheus text format."""
        return generate_latest(self._registry)
