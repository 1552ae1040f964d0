"""Figures of the running service, for Prometheus: how much is asked, how it is answered, and how long it takes."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 1.0, 2.5, 10.0)


@dataclass(frozen=True)
class Figures:
    """One process's figures; a route is named by its template, so that no household is."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    running: Gauge = field(init=False)
    trail_failures: Counter = field(init=False)
    trail_failing: Gauge = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "requests": Counter(
                "sagak_requests", "Answers by route and status", ("method", "route", "status"), registry=self.registry
            ),
            "seconds": Histogram(
                "sagak_request_seconds", "Time to answer", ("route",), buckets=_SECONDS, registry=self.registry
            ),
            "running": Gauge("sagak_requests_running", "Requests that are being answered", registry=self.registry),
            "trail_failures": Counter(
                "sagak_trail_failures", "Answers withheld because they could not be recorded", registry=self.registry
            ),
            "trail_failing": Gauge(
                "sagak_trail_failing", "1 while seals or checkpoints cannot be written", registry=self.registry
            ),
        }
        for name, metric in made.items():
            object.__setattr__(self, name, metric)

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self.registry)
