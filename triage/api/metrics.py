"""What the service counts of itself, in a registry of its own, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from triage.domain.webhooks import HookState

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.015, 0.025, 0.04, 0.06, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 30.0)
_OF_WEBHOOKS: tuple[tuple[Any, str, str], ...] = (  # named as in HookState
    (CounterMetricFamily, "delivered", "Messages delivered"),
    (CounterMetricFamily, "failed", "Tries that failed"),
    (CounterMetricFamily, "given_up", "Messages given up"),
    (GaugeMetricFamily, "waiting", "Messages still to be delivered"),
    (GaugeMetricFamily, "dead", "Messages given up that nobody dealt with yet"),
)
_TEXTS = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """Counters of one process; `waiting` says how many texts are in the queue."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "triage_api_requests_total",
            "Requests answered",
            ("path", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "triage_api_request_seconds",
            "From the first byte of a request to its answer",
            ("path",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.rejected = Counter(
            "triage_api_rejected_total",
            "Requests refused to protect the service",
            ("reason",),
            registry=self._registry,
        )
        self._batch_texts = Histogram(
            "triage_api_batch_texts",
            "Different texts that were scored at once",
            buckets=_TEXTS,
            registry=self._registry,
        )
        self._batch_seconds = Histogram(
            "triage_api_batch_seconds",
            "Time to score a batch",
            buckets=_SECONDS,
            registry=self._registry,
        )
        queue = Gauge(
            "triage_api_queue_texts", "Texts that wait to be scored", registry=self._registry
        )
        queue.set_function(waiting)

    def batch(self, texts: int, seconds: float) -> None:
        """Note a batch that was scored."""
        self._batch_texts.observe(texts)
        self._batch_seconds.observe(seconds)

    def page(self, hooks: Sequence[HookState] = ()) -> bytes:
        """Return the text that Prometheus reads."""
        told = CollectorRegistry()
        told.register(_Webhooks(hooks))
        return generate_latest(self._registry) + generate_latest(told)


class _Webhooks(Collector):
    """Figures of webhooks: the database's, so the same whichever process is asked."""

    def __init__(self, hooks: Sequence[HookState]) -> None:
        self._hooks = hooks

    def collect(self) -> Iterator[Metric]:
        for family, name, says in _OF_WEBHOOKS:
            figures = family(f"triage_webhook_{name}", says, labels=["hook"])
            for one in self._hooks:
                figures.add_metric([one.hook.name], getattr(one, name))
            yield figures
