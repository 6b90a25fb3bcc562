"""One HTTP exchange, bounded in time and size, and what a failed one says about the server."""

from __future__ import annotations

import datetime
import email.utils
import functools
import ssl
from collections.abc import Callable, Mapping

from rewardkit.judges.clients.completion import excerpt
from rewardkit.judges.clients.endpoints import Blame, Fault
from rewardkit.judges.clients.extra import anyio, httpx
from rewardkit.judges.clients.limits import pause_s

__all__ = ["exchange", "open_client", "retry_after_s"]

CONNECT_S = 10.0  # a host that drops packets must not hold a row for the whole timeout
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")  # no proxy reaches these
PER_ROW = {400, 413, 422}
PASSING = {408, 409, 425}
KEY_HINT = "; set api_key or REWARDKIT_JUDGE_API_KEY"


def open_client(concurrency: int, api_key: str | None) -> httpx.AsyncClient:
    """An HTTP client for the running event loop."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=concurrency)
    return httpx.AsyncClient(
        headers={"accept-encoding": "identity"} | ({"authorization": f"Bearer {api_key}"} if api_key else {}),
        timeout=httpx.Timeout(None, connect=CONNECT_S),
        limits=limits,
        mounts={f"all://{host}": httpx.AsyncHTTPTransport(verify=_trust(), limits=limits) for host in OWN_HOSTS},
        verify=_trust(),
    )


@functools.lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # tens of milliseconds, so not once a call


async def exchange(
    http: httpx.AsyncClient,
    url: str,
    body: bytes | None,
    *,
    timeout_s: float,
    max_bytes: int,
    headers: Mapping[str, str] | None = None,
    hear: Callable[[float], None] | None = None,
) -> bytes | Fault:
    """The body that a POST of `body` (a GET without one) brings, or the fault. Raises nothing but cancellation.

    `hear` is told the seconds until a rate limit that is used up lets the next request through.
    """
    method, sent = ("GET", {}) if body is None else ("POST", {"content-type": "application/json"})
    try:
        with anyio.fail_after(timeout_s):
            async with http.stream(method, url, content=body, headers={**sent, **(headers or {})}) as answer:
                limited_s = pause_s(answer.headers, datetime.datetime.now(datetime.timezone.utc))
                if limited_s and hear is not None and answer.is_success:
                    hear(limited_s)
                raw = await _read(answer, max_bytes)
        if raw is None:
            return Fault(f"{url} sent a body of more than {max_bytes / 1e6:g} MB", Blame.EITHER)
        return raw if answer.is_success else _refusal(url, answer, raw, limited_s)
    except TimeoutError:
        return Fault(f"{url} did not finish within {timeout_s:g} s", Blame.EITHER)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as cause:
        return Fault(f"{url} is no address: {cause}", Blame.SETUP)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as cause:
        return Fault(f"{url} cannot be reached: {_said(cause)}", Blame.SERVER)
    except httpx.HTTPError as cause:
        return Fault(f"{url} broke off: {_said(cause)}", Blame.EITHER)


async def _read(answer: httpx.Response, max_bytes: int) -> bytes | None:
    body = bytearray()
    async for piece in answer.aiter_raw():  # raw: a compressed body could unfold beyond any bound
        body += piece
        if len(body) > max_bytes:
            return None
    return bytes(body)


def _refusal(url: str, answer: httpx.Response, raw: bytes, limited_s: float) -> Fault:
    status = answer.status_code
    text = f"{url} answered {status} {answer.reason_phrase}".rstrip() + f": {excerpt(raw)}"
    asked_s = retry_after_s(answer.headers.get("retry-after")) or limited_s
    if status in PER_ROW:
        return Fault(text, Blame.ROW)
    if status in (429, 503):
        return Fault(f"{text}; it asks to wait {asked_s:g} s", Blame.BUSY, asked_s) if asked_s else Fault(text, Blame.SERVER)
    if status >= 500 or status in PASSING:
        return Fault(text, Blame.EITHER)
    return Fault(text + (KEY_HINT if status in (401, 403) else ""), Blame.SETUP)


def retry_after_s(value: str | None) -> float:
    """Seconds that a Retry-After header asks for, as a number or a date; 0 when there is none to read."""
    if not value:
        return 0.0
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = email.utils.parsedate_to_datetime(value)
        except ValueError:
            return 0.0
        if until.tzinfo is None:
            until = until.replace(tzinfo=datetime.timezone.utc)
        seconds = (until - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
    return seconds if 0 < seconds < float("inf") else 0.0


def _said(cause: Exception) -> str:
    return f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__
