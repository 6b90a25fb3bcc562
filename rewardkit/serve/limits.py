"""How much a service takes on before it says no."""

from __future__ import annotations

from dataclasses import dataclass, fields

from rewardkit.errors import BadParameter

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a service, each with the status that goes with it. Raises `BadParameter` unless all are positive.

    Args:
        body_mb: Largest body of a request in MB (64); 413 above.
        rows: Most rows in a request (4096); 422 above.
        timeout_s: Wall clock of a request once it is read, waiting included (120); 504 after.
        body_s: Wall clock for a client to send its body (30); 408 after.
        head_s: Wall clock for a client to send the head of a request, and to take an answer (10); then the connection is cut.
        running: Requests scored at the same time (4).
        waiting: Requests that wait for their turn (64); 429 above.
        pending_mb: Bodies held in memory at the same time, in MB (256); 429 above.
        connections: Open connections (1024); 503 above.
    """

    body_mb: float = 64.0
    rows: int = 4096
    timeout_s: float = 120.0
    body_s: float = 30.0
    head_s: float = 10.0
    running: int = 4
    waiting: int = 64
    pending_mb: float = 256.0
    connections: int = 1024

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                message = f"the limit {field.name}={value!r} cannot be used; it must be greater than 0"
                raise BadParameter(message)

    @property
    def body_bytes(self) -> int:
        """Largest body in bytes."""
        return int(self.body_mb * 1e6)

    @property
    def pending_bytes(self) -> int:
        """Bodies held at the same time, in bytes; one body always fits."""
        return max(int(self.pending_mb * 1e6), self.body_bytes)
