"""A reward service, called like a local reward function.

What the service cannot answer is raised, never a reward: `ServiceError` once the deadline has passed or the service has said
no for good. A service that is busy or restarting is asked again, when it says so or after growing pauses.
"""

from __future__ import annotations

import asyncio
import functools
import json
import math
import os
import random
import ssl
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rewardkit.errors import BadParameter, MissingExtra, ServiceError
from rewardkit.header_value import header_value
from rewardkit.reward import RewardFunction
from rewardkit.types import Sample, Status, Verdict
from rewardkit.workers.frames import plain

try:
    import httpx
except ImportError as cause:
    raise MissingExtra("httpx", "serve", "a client of a reward service") from cause

__all__ = ["TOKEN_VARIABLE", "RemoteReward", "RemoteVerifier"]

TOKEN_VARIABLE = "REWARDKIT_SERVE_TOKEN"
PASSING = {408, 429, 502, 503}  # scoring changes nothing, so that asking again is safe
LONGEST_PAUSE_S = 8.0
REQUEST_BYTES = 8_000_000
ANSWER_BYTES = 256_000_000


class RemoteVerifier:
    """The verifiers behind a reward service as one: `averify`, so that waiting overlaps with the work of others.

    Args:
        url: Address of the service, such as "http://rewards:8000".
        token: What it asks for; default None, the variable REWARDKIT_SERVE_TOKEN.
        deadline_s: Wall clock of a call, retries included (600).
        rows: Most rows in a request (1024); a batch goes out in as many as it needs.
        requests: Requests under way at the same time (4).
        name: As it stands in traces.

    Raises `BadParameter` for an address that is none.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        deadline_s: float = 600.0,
        rows: int = 1024,
        requests: int = 4,
        name: str = "remote",
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            message = f"{url!r} is no address of a service; give one such as http://127.0.0.1:8000"
            raise BadParameter(message)
        if rows < 1 or requests < 1 or not deadline_s > 0:
            message = f"rows={rows!r} and requests={requests!r} must be at least 1, and deadline_s={deadline_s!r} above 0"
            raise BadParameter(message)
        self.url = url.rstrip("/")
        self.token = header_value(token, "token")
        self.deadline_s = deadline_s
        self.rows = rows
        self.requests = requests
        self.name = name

    def __repr__(self) -> str:
        return f"RemoteVerifier({self.url!r}, name={self.name!r})"

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order. Raises `ServiceError` when the service gives none within `deadline_s`."""
        end = asyncio.get_running_loop().time() + self.deadline_s
        parts = list(enumerate(_parts(samples, self.rows)))
        verdicts: list[list[Verdict]] = [[] for _ in parts]
        queue = iter(parts)
        token = self.token or header_value(os.environ.get(TOKEN_VARIABLE), TOKEN_VARIABLE)
        headers = {"content-type": "application/json", "accept-encoding": "identity"}
        headers |= {"authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(headers=headers, timeout=None, verify=_trust(), trust_env=not _is_here(self.url)) as http:

            async def work() -> None:
                for place, (body, count) in queue:
                    verdicts[place] = await self._asked(http, body, count, end)

            tasks = [asyncio.ensure_future(work()) for _ in range(min(self.requests, len(parts)))]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        return [verdict for part in verdicts for verdict in part]

    async def _asked(self, http: httpx.AsyncClient, body: bytes, count: int, end: float) -> list[Verdict]:
        """The verdicts of one request, asked for until they come or the deadline does."""
        clock = asyncio.get_running_loop().time
        last = "no answer came"
        tries = 0
        while (left := end - clock()) > 0:
            pause = random.uniform(0.5, 1.0) * min(0.25 * 2.0**tries, LONGEST_PAUSE_S)
            try:
                status, headers, answer = await asyncio.wait_for(self._exchange(http, body), left)
            except asyncio.TimeoutError:
                break
            except (httpx.UnsupportedProtocol, httpx.InvalidURL) as cause:
                message = f"{self.url}: {cause}"
                raise ServiceError(message) from cause
            except httpx.HTTPError as cause:
                last = f"{type(cause).__name__}: {cause}"
            else:
                if status == 200:
                    return self._read(answer, count)
                last = f"{status} {_error_in(answer)}"
                if status not in PASSING:
                    message = f"{self.url} refused: {last}{self._hint(status)}"
                    raise ServiceError(message)
                from rewardkit.judges.clients.http import retry_after_s  # needs httpx itself

                pause = max(pause, retry_after_s(headers.get("retry-after")))
            tries += 1
            if clock() + pause >= end:
                break
            await asyncio.sleep(pause)
        message = f"{self.url} gave no rewards within {self.deadline_s:g} s and {tries} tries: {last}"
        raise ServiceError(message)

    async def _exchange(self, http: httpx.AsyncClient, body: bytes) -> tuple[int, httpx.Headers, bytes]:
        answer = bytearray()
        async with http.stream("POST", f"{self.url}/v1/rewards", content=body) as got:
            async for piece in got.aiter_raw():  # raw: what is compressed could unfold beyond any bound
                answer += piece
                if len(answer) > ANSWER_BYTES:
                    message = f"{self.url} answered with more than {ANSWER_BYTES / 1e6:g} MB"
                    raise ServiceError(message)
        return got.status_code, got.headers, bytes(answer)

    def _hint(self, status: int) -> str:
        return f". Give the service's token as token=, or in {TOKEN_VARIABLE}" if status in (401, 403) else ""

    def _read(self, body: bytes, count: int) -> list[Verdict]:
        try:
            rows = json.loads(body)["rows"]
            verdicts = [_verdict(row) for row in rows]
        except (ValueError, KeyError, TypeError, RecursionError) as cause:
            message = f"{self.url} answered what is no list of rewards ({type(cause).__name__}: {cause}): {body[:200]!r}"
            raise ServiceError(message) from cause
        if len(verdicts) != count:
            message = f"{self.url} answered {len(verdicts)} rows for {count}"
            raise ServiceError(message)
        return verdicts


class RemoteReward(RewardFunction):
    """A reward service as trainers call it: `f(prompts, completions, completion_ids=None, **columns) -> list[float | None]`.

    Everything that a local `RewardFunction` does, it does too: a `__name__`, `verdicts`, `trace`, TRL's callbacks, and
    `TooManyErrors` when too many rows come back as errors. `url`, `token`, `deadline_s`, `rows` and `requests` are those of
    `RemoteVerifier`. A call that brings no rewards raises `ServiceError`.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        deadline_s: float = 600.0,
        rows: int = 1024,
        requests: int = 4,
        name: str = "remote",
        trace: str | Path | None = None,
        max_error_share: float = 0.2,
        error_window: int = 1000,
    ) -> None:
        service = RemoteVerifier(url, token=token, deadline_s=deadline_s, rows=rows, requests=requests, name=name)
        super().__init__(service, name=name, trace=trace, max_error_share=max_error_share, error_window=error_window)

    async def acall(self, *arguments: Any, **columns: Any) -> list[float | None]:
        """Like calling it, without blocking the running event loop."""
        return await asyncio.to_thread(self, *arguments, **columns)


def _parts(samples: Sequence[Sample], most: int) -> Iterator[tuple[bytes, int]]:
    """Bodies of requests and how many rows each has, bounded in rows and, but for single rows, in bytes."""
    rows: list[bytes] = []
    size = 0
    for sample in samples:
        row = _row(sample)
        if rows and (len(rows) == most or size + len(row) > REQUEST_BYTES):
            yield b'{"rows":[' + b",".join(rows) + b"]}", len(rows)
            rows, size = [], 0
        rows.append(row)
        size += len(row)
    if rows:
        yield b'{"rows":[' + b",".join(rows) + b"]}", len(rows)


_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=plain).encode


def _row(sample: Sample) -> bytes:
    fields = {**sample.columns, "prompt": sample.prompt, "completion": sample.completion}
    if sample.completion_ids is not None:
        fields["completion_ids"] = list(sample.completion_ids)
    fields.pop("id", None)
    try:
        return _encode(fields).encode("utf-8", "backslashreplace")
    except (TypeError, ValueError, RecursionError):
        kept = {}
        for name, value in fields.items():
            if name == "prompt":
                value = sample.question if not _can_go(value) else value
            elif name == "completion":
                value = sample.text if not _can_go(value) else value
            elif not _can_go(value):
                continue
            kept[name] = value
        return _encode(kept).encode("utf-8", "backslashreplace")


def _can_go(value: Any) -> bool:
    try:
        _encode(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _verdict(row: Mapping[str, Any]) -> Verdict:
    reward, status = row["reward"], Status(row["status"])
    if reward is not None and (type(reward) not in (int, float) or not math.isfinite(reward)):
        message = f"the reward {reward!r} is no number"
        raise ValueError(message)
    info = {
        name: row[key]
        for key, name in (("extracted", "extracted"), ("route", "route"), ("error", "message"), ("steps", "steps"))
        if row.get(key)
    }
    return Verdict(
        None if reward is None else float(reward), status, str(row["reason"]), info, str(row["verifier"]), float(row["seconds"])
    )


def _error_in(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["error"])[:500]
    except (ValueError, KeyError, TypeError, RecursionError):
        return answer[:200].decode("utf-8", "replace")


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


@functools.lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # tens of milliseconds, so not once a call
