"""A batch of requests against servers: shared concurrency, one deadline, retries, and a reply for every row.

Connections live while calls are under way and no longer, so that a client works from any event loop, pickles between calls
and leaves nothing to close. What is known of the servers outlives them.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from rewardkit.deadline import left_s
from rewardkit.errors import BadParameter
from rewardkit.header_value import header_value
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients.completion import Broken, model_names
from rewardkit.judges.clients.endpoints import Blame, Endpoint, Endpoints, Fault
from rewardkit.judges.clients.extra import anyio, httpx
from rewardkit.judges.clients.http import exchange, open_client

__all__ = ["API_KEY_VARIABLE", "ServedClient"]

API_KEY_VARIABLE = "REWARDKIT_JUDGE_API_KEY"
LONGEST_BACKOFF_S = 8.0
LOOK_S = 10.0
GLANCE_S = 0.05  # longest wait before a look at whether a server came back


@dataclass
class _Session:
    """Connections, and the limit on requests under way, of one event loop."""

    http: httpx.AsyncClient
    slots: anyio.Semaphore
    asking: anyio.Lock
    calls: int = 0


class ServedClient:
    """What clients of HTTP servers have in common; a subclass says what is sent where and how it is read."""

    path = ""
    tells = True

    def __init__(
        self,
        base_url: str | Sequence[str],
        model: str | None = None,
        *,
        api_key: str | None = None,
        concurrency: int = 64,
        deadline_s: float = 600.0,
        timeout_s: float = 120.0,
        retries: int = 4,
        backoff_s: float = 0.5,
        patience_s: float = 30.0,
        max_body_mb: float = 4.0,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        urls = [base_url] if isinstance(base_url, str) else list(base_url)
        self._arguments = {name: value for name, value in locals().items() if name not in ("self", "__class__", "urls")}
        if not urls or concurrency < 1 or retries < 0 or min(deadline_s, timeout_s, max_body_mb) <= 0:
            message = "a client needs a URL, concurrency of at least 1, and positive deadline_s, timeout_s and max_body_mb"
            raise BadParameter(message)
        self.model = model
        self.api_key = _key(api_key)
        self.concurrency = concurrency
        self.deadline_s = deadline_s
        self.timeout_s = timeout_s
        self.retries = retries
        self.backoff_s = backoff_s
        self.patience_s = patience_s
        self.max_body_mb = max_body_mb
        self.extra = dict(extra or {})
        self._endpoints = Endpoints([_address(url) for url in urls])
        self._logins = [login for one in self._endpoints.all if (login := urlsplit(one.url).netloc.rpartition("@")[0])]
        self._sessions: dict[asyncio.AbstractEventLoop, _Session] = {}

    @property
    def name(self) -> str:
        """The model and its hosts; the model is "?" until a server has said which it serves, see `ready`."""
        known = self.model or next((one.model for one in self._endpoints.all if one.model), "?")
        return f"{known}@{','.join(urlsplit(one.url).netloc.rpartition('@')[2] for one in self._endpoints.all)}"

    async def ready(self) -> None:
        """Settle `name` by asking a server for its model, where none was given; does nothing when no server answers."""
        if self.model is None and all(one.model is None for one in self._endpoints.all):
            async with self._session() as session:
                with anyio.move_on_after(left_s(self.deadline_s)):
                    for endpoint in self._endpoints.all:
                        if not isinstance(await self._model(session, endpoint), Fault):
                            return

    async def trouble(self) -> str | None:
        """Why no server can be used at this moment, each asked once and not waited for; None when one can."""
        said: dict[str, None] = {}
        async with self._session() as session:
            for endpoint in self._endpoints.all:
                found: Any = await self._model(session, endpoint)
                if self.model is not None:
                    url = f"{endpoint.url}/models"
                    found = await exchange(
                        session.http, url, None, timeout_s=min(self.timeout_s, LOOK_S), max_bytes=self._max_bytes
                    )
                # With the model given, a server need not list it; one that cannot be reached or wants a key is of no use.
                refused = isinstance(found, Fault) and (
                    found.blame is Blame.SERVER or " 401 " in found.text or " 403 " in found.text
                )
                if not isinstance(found, Fault) or (self.model is not None and not refused):
                    return None
                said[found.text] = None
        return self._public("; ".join(said))

    async def complete(self, requests: Sequence[Request], /, told: Callable[[int, Reply], None] | None = None) -> list[Reply]:
        """One reply a request, in order, within `deadline_s`; what could not be had is a reply with `failure` set.

        Judges of one reward call share the time: it counts from the moment when the first of them asked. `told` hears of each
        reply and its place as it comes, so that those before an interrupt can be kept.

        Raises `MissingExtra` without httpx.
        """
        replies = [Reply(failure="the call was broken off")] * len(requests)
        rows = iter(enumerate(requests))
        end = asyncio.get_running_loop().time() + left_s(self.deadline_s)

        async with self._session() as session:

            async def worker() -> None:
                for place, request in rows:
                    replies[place] = await self._row(session, request, end)
                    if told is not None:
                        told(place, replies[place])

            async with anyio.create_task_group() as workers:
                for _ in range(min(self.concurrency, len(requests))):
                    workers.start_soon(worker)
        return replies

    def _encode(self, request: Request, model: str, *, structured: bool) -> bytes:
        raise NotImplementedError

    def _decode(self, raw: bytes) -> Reply:
        raise NotImplementedError

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[_Session]:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            http = open_client(self.concurrency, self._secret)
            session = self._sessions[loop] = _Session(http, anyio.Semaphore(self.concurrency), anyio.Lock())
        session.calls += 1
        try:
            yield session
        finally:
            session.calls -= 1
            if not session.calls:
                del self._sessions[loop]
                with anyio.CancelScope(shield=True):
                    await session.http.aclose()

    async def _row(self, session: _Session, request: Request, end: float) -> Reply:
        clock = asyncio.get_running_loop().time
        started, last = clock(), list[Fault]()
        with anyio.move_on_after(max(end - started, 0.0)):
            try:
                reply = await self._tried(session, request, end, last)
            except Exception as cause:  # a row that cannot even be written as JSON must not take the others along
                reply = Reply(failure=f"{type(cause).__name__}: {cause}")
            return replace(reply, failure=self._public(reply.failure), seconds=clock() - started)
        why = last[0].text if last else "no answer came" if clock() > started + GLANCE_S else "it was never sent"
        return Reply(failure=self._public(f"the deadline of {self.deadline_s:g} s passed: {why}"), seconds=clock() - started)

    @property
    def _secret(self) -> str | None:
        return self.api_key or _key(os.environ.get(API_KEY_VARIABLE))

    def _public(self, failure: str | None) -> str | None:
        """A failure without the key and logins, which a server or a library may have said again."""
        for secret in (self._secret, *self._logins) if failure else ():
            failure = failure.replace(secret, "…") if failure and secret and len(secret) > 3 else failure
        return failure

    async def _tried(self, session: _Session, request: Request, end: float, last: list[Fault]) -> Reply:
        """The reply of the first attempt that gives one; `last` holds the fault of the last that did not."""
        failed: set[Endpoint] = set()
        attempts = 0
        while True:
            async with session.slots:
                endpoint = self._endpoints.take(avoid=failed)
                outcome = await self._attempt(session, endpoint, request) if endpoint else None
            if isinstance(outcome, Reply):
                return outcome
            if endpoint is None or outcome is None:
                failure = await self._wait(end)
                if failure:
                    return Reply(failure=failure)
                continue
            last[:] = [outcome]
            failed.add(endpoint)
            attempts += outcome.blame is not Blame.BUSY  # to be asked to wait uses none up
            hopeless = outcome.blame is Blame.ROW or (outcome.blame is Blame.SETUP and len(self._endpoints.all) == 1)
            if hopeless or attempts > self.retries:
                failure = f"{outcome.text} (attempt {attempts})" if attempts > 1 else outcome.text
                return Reply(failure=failure, refused=outcome.blame is Blame.SETUP)
            if outcome.blame is Blame.EITHER:  # after the others the server itself is left alone for a while
                await asyncio.sleep(random.uniform(0, min(self.backoff_s * 2.0 ** (attempts - 1), LONGEST_BACKOFF_S)))

    async def _wait(self, end: float) -> str | None:
        """A moment, since no server can be had; or why there is nothing to wait for."""
        outage = self._endpoints.outage()
        if outage.down_s > self.patience_s:
            return outage.text
        left_s = end - asyncio.get_running_loop().time()
        if outage.wait_s > left_s:
            return f"{outage.text}; only {max(left_s, 0):.3g} s are left of the deadline"
        await asyncio.sleep(min(outage.wait_s, GLANCE_S))
        return None

    async def _attempt(self, session: _Session, endpoint: Endpoint, request: Request) -> Reply | Fault:
        """One try at one server, given back with what it showed."""
        try:
            outcome = await self._asked(session, endpoint, request)
        except BaseException:
            self._endpoints.release(endpoint)
            raise
        self._endpoints.done(endpoint, outcome if isinstance(outcome, Fault) else None)
        return outcome

    async def _asked(self, session: _Session, endpoint: Endpoint, request: Request) -> Reply | Fault:
        model = await self._model(session, endpoint)
        if isinstance(model, Fault):
            return model
        kind = "choices" if request.choices else "schema" if request.schema is not None else ""
        structured = bool(kind) and kind not in endpoint.refuses
        key = request.idempotency_key
        url = self._url(endpoint, request)
        outcome = await self._sent(session, endpoint, url, self._encode(request, model, structured=structured), key)
        if structured and isinstance(outcome, Fault) and outcome.blame is Blame.ROW:
            # Another body under the same key would be refused.
            body = self._encode(request, model, structured=False)
            plain = await self._sent(session, endpoint, url, body, key and f"{key}-plain")
            if isinstance(plain, Reply):
                endpoint.refuses.add(kind)  # it was the field, then, and not the row
            return plain
        return outcome

    async def _sent(self, session: _Session, endpoint: Endpoint, url: str, body: bytes, key: str) -> Reply | Fault:
        headers = {"idempotency-key": key} if key else {}
        raw = await exchange(
            session.http,
            url,
            body,
            timeout_s=self.timeout_s,
            max_bytes=self._max_bytes,
            headers=headers,
            hear=partial(self._endpoints.pause, endpoint),
        )
        if isinstance(raw, Fault):
            return raw
        try:
            return self._decode(raw)
        except Broken as cause:
            return Fault(f"{url}: {cause}", Blame.EITHER)

    def _url(self, endpoint: Endpoint, request: Request) -> str:
        return endpoint.url + self.path

    @property
    def _max_bytes(self) -> int:
        return int(self.max_body_mb * 1e6)

    async def _model(self, session: _Session, endpoint: Endpoint) -> str | Fault:
        """The model to ask this server for: the one given, else the only one it serves, which all servers must share."""
        if self.model is not None:
            return self.model
        async with session.asking:
            if endpoint.model is None:
                url = f"{endpoint.url}/models"
                raw = await exchange(session.http, url, None, timeout_s=self.timeout_s, max_bytes=self._max_bytes)
                try:
                    names = [] if isinstance(raw, Fault) else model_names(raw)
                except Broken as cause:
                    return Fault(f"{url}: {cause}", Blame.EITHER)
                if isinstance(raw, Fault):
                    return raw
                known = {one.model for one in self._endpoints.all if one.model}
                if len(names) != 1 or known - set(names):
                    text = f"{url} lists {', '.join(names) or 'no models'}" + f", another server {', '.join(known)}" * bool(known)
                    return Fault(f"{text}; say which with http://HOST/v1#MODEL or model=", Blame.SETUP)
                endpoint.model = names[0]
        return endpoint.model

    def __getstate__(self) -> dict[str, Any]:
        return self._arguments

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


def _key(given: str | None) -> str | None:
    return header_value(given, f"the API key (api_key or {API_KEY_VARIABLE})")


def _address(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = f"{url!r} is no address of a server; give one such as http://localhost:8000/v1"
        raise BadParameter(message)
    path = parts.path.rstrip("/")
    return parts._replace(path=path or "/v1", query="", fragment="").geturl()
