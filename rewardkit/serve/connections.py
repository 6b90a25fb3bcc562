"""Connections that may not wait for ever: uvicorn's HTTP/1.1 protocol with a clock on what it leaves open.

uvicorn closes a connection that idles between two requests, but not one on which a head never comes, or
whose client does not take its answer. Both would hold a file descriptor until the client thinks better of it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["protocol"]


def protocol(head_s: float) -> type[H11Protocol]:
    """A protocol class that cuts a connection after `head_s` seconds without a whole head, or with an answer not taken."""

    class Impatient(H11Protocol):
        _clock: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._wind()

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            if self._clock is None and (before is None or before.response_complete):
                self._wind()  # the first byte of a further request on a connection that was kept
            super().data_received(data)
            if self.cycle is not before:
                self._stop()  # a head came whole; the gate has its own clock for the body

        def pause_writing(self) -> None:
            super().pause_writing()
            self._wind()

        def resume_writing(self) -> None:
            self._stop()
            super().resume_writing()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop()
            super().connection_lost(exc)

        def _wind(self) -> None:
            self._stop()
            self._clock = self.loop.call_later(head_s, self._cut)

        def _stop(self) -> None:
            if self._clock is not None:
                self._clock.cancel()
                self._clock = None

        def _cut(self) -> None:
            self._clock = None
            # Closed the polite way, the kernel would keep megabytes for a client that does not take them.
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

    return Impatient
