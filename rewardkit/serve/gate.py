"""What is settled before an endpoint is reached: who may come in, and how much they may bring in which time.

Plain ASGI around the app. A body is counted as it arrives, whether its length was announced or not, so that nothing is held
beyond the limits; what follows a refusal is thrown away for a moment, so that the refusal is read before the connection closes.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rewardkit.serve.bodies import Refused, to_bytes
from rewardkit.serve.limits import Limits
from rewardkit.serve.metrics import Metrics

__all__ = ["OPEN", "Gate"]

OPEN = ("/health", "/ready")
LINGER_S, LINGER_BYTES = 1.0, 16 * 2**20


class Gate:
    """The app behind its limits and, when there is one, its token; `/health` and `/ready` need none."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics, token: str | None = None) -> None:
        self.app, self.limits, self.metrics = app, limits, metrics
        self._token = None if token is None else token.encode()
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on with its body read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        body = bytearray()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            try:
                self._check(scope)
                complete = await self._read(receive, body)
            except Refused as no:
                await _refuse(no, receive, noting)
                return
            if not complete or not await self._handed_on(scope, receive, noting, body):
                status = 499  # the client left
        finally:
            self._hold(-len(body))
            self.metrics.answered(scope["path"], status, time.perf_counter() - started)

    def _check(self, scope: Scope) -> None:
        """What the head alone decides."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if self._token is not None and scope["path"] not in OPEN and not self._knows(headers.get("authorization", "")):
            message = "wrong or missing token; send the header Authorization: Bearer TOKEN"
            raise Refused(401, message)
        length = headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 18 or int(length) > self.limits.body_bytes):
            raise self._too_large()
        if scope["method"] == "POST":
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json" or headers.get("content-encoding", "identity") != "identity":
                message = "the body must be plain JSON; send the header Content-Type: application/json and no Content-Encoding"
                raise Refused(415, message)

    def _knows(self, authorization: str) -> bool:
        """Whether the token is in a Bearer or, for clients that know only URLs, as the password in a Basic header."""
        assert self._token is not None
        scheme, _, given = authorization.partition(" ")
        secret = given.strip().encode("latin-1")
        if scheme.lower() == "basic":
            try:
                secret = base64.b64decode(secret, validate=True).partition(b":")[2]
            except binascii.Error:
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(secret, self._token)

    async def _read(self, receive: Receive, body: bytearray) -> bool:
        """Fill `body`; False when the client left before it was whole."""
        try:
            return await asyncio.wait_for(self._read_all(receive, body), self.limits.body_s)
        except asyncio.TimeoutError:
            message = f"the body did not arrive within {self.limits.body_s:g} s"
            raise Refused(408, message) from None

    async def _read_all(self, receive: Receive, body: bytearray) -> bool:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            piece = message.get("body", b"")
            if len(body) + len(piece) > self.limits.body_bytes:
                raise self._too_large()
            if self._held + len(piece) > self.limits.pending_bytes:
                message_ = f"bodies of {self._held / 1e6:.0f} MB are being worked on; try again in 1 s"
                raise Refused(429, message_, retry_after_s=1)
            body += piece
            self._hold(len(piece))
            if not message.get("more_body", False):
                return True

    async def _handed_on(self, scope: Scope, receive: Receive, send: Send, body: bytearray) -> bool:
        """Run the app with the body at hand; when the client leaves before there is an answer, call it off and say False."""
        given = answering = False

        async def answered(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        async def receive_whole() -> Message:
            nonlocal given
            if given:
                return await gone  # nothing else comes after a body
            given = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        gone = asyncio.ensure_future(receive())
        work = asyncio.ensure_future(self.app(scope, receive_whole, answered))
        try:
            await asyncio.wait({gone, work}, return_when=asyncio.FIRST_COMPLETED)
            if work.done() or answering:
                await work
                return True
        finally:
            gone.cancel()
            if not work.done():
                work.cancel()
        await asyncio.wait({work})
        return False

    def _hold(self, size: int) -> None:
        self._held += size
        self.metrics.pending(self._held)

    def _too_large(self) -> Refused:
        message = f"the body is larger than {self.limits.body_mb:g} MB; send fewer rows at a time"
        return Refused(413, message)


async def _refuse(no: Refused, receive: Receive, send: Send) -> None:
    body = to_bytes({"error": str(no)})
    headers = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
    await send({"type": "http.response.start", "status": no.status, "headers": _raw(headers | refusal_headers(no))})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    # Closing while the client still sends would reset the connection and could destroy the answer on its way.
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(_drain(receive), LINGER_S)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def refusal_headers(no: Refused) -> dict[str, str]:
    """Headers that go with a status."""
    if no.retry_after_s is not None:
        return {"retry-after": str(no.retry_after_s)}
    return {"www-authenticate": 'Bearer realm="rewardkit", Basic realm="rewardkit"'} if no.status == 401 else {}


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


async def _drain(receive: Receive) -> None:
    left = LINGER_BYTES
    while left > 0:
        message: dict[str, Any] = dict(await receive())
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return
        left -= len(message.get("body", b""))
