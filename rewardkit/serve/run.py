"""The process: a port, uvicorn on it, and an end that finishes what was taken."""

from __future__ import annotations

import signal
import socket
import sys
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from rewardkit.errors import UsageError
from rewardkit.serve.app import make_app
from rewardkit.serve.connections import protocol
from rewardkit.serve.limits import Limits
from rewardkit.types import Judge, Verifier

__all__ = ["listen", "run", "serve"]

KEEP_ALIVE_S = 30


class _Server(uvicorn.Server):
    """Stops gracefully on SIGTERM and SIGINT, at once on a second SIGINT, and lets the program end as programs do."""

    interrupted = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.interrupted = self.interrupted or sig == signal.SIGINT
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        if self.force_exit:
            await self.lifespan.shutdown()  # else it would be cancelled, and say so at length


def serve(
    verifier: Verifier | Judge,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    limits: Limits | None = None,
    token: str | None = None,
    unscored: float | None = None,
) -> bool:
    """Serve rewards by a verifier of your own until SIGTERM or SIGINT; True when it was SIGINT. From the main thread only.

    `limits`, `token` and `unscored` are those of `rewardkit.serve.app.make_app`. Raises `UsageError` when there is no such
    port to be had.
    """
    limits = limits or Limits()
    app = make_app(verifier, limits=limits, token=token, unscored=unscored)
    with listen(host, port) as sock:
        print(f"serving {verifier.name} on {address_of(sock)}", file=sys.stderr, flush=True)  # noqa: T201 - its only word
        return run(app, sock, limits)


def address_of(sock: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises `UsageError` when the address cannot be had."""
    if not 0 <= port <= 65535:
        message = f"port={port!r} is not a port from 0 to 65535"
        raise UsageError(message)
    try:
        # With the protocol named, asyncio turns Nagle's algorithm off, which costs 40 ms an answer.
        family, kind, protocol_number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol_number)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(2048)
    except OSError as cause:
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
        proxy_headers=False,
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
