"""The process: a port, uvicorn on it, and an end that finishes what was taken."""

from __future__ import annotations

import signal
import socket
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from rewardkit.errors import UsageError
from rewardkit.serve.connections import protocol
from rewardkit.serve.limits import Limits

__all__ = ["listen", "run"]

KEEP_ALIVE_S = 30


class _Server(uvicorn.Server):
    """Stops gracefully on SIGTERM and SIGINT, at once on a second SIGINT, and lets the program end as programs do."""

    interrupted = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.interrupted = self.interrupted or sig == signal.SIGINT
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises `UsageError` when the address cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        found = socket.socket(family)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(2048)
    except (OSError, OverflowError) as cause:
        if "found" in locals():
            found.close()
        message = f"cannot listen on {host}:{port}: {getattr(cause, 'strerror', None) or cause}. Choose another with --port"
        raise UsageError(message) from None
    return found


def run(app: ASGIApp, sock: socket.socket, limits: Limits) -> bool:
    """Serve until SIGTERM or SIGINT, then finish what was taken; True when it was SIGINT. From the main thread only."""
    config = uvicorn.Config(
        app,
        http=protocol(limits.head_s),
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(limits.timeout_s + limits.body_s) + 1,
    )
    server = _Server(config)
    server.run(sockets=[sock])
    return server.interrupted
