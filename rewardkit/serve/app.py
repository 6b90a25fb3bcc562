"""The endpoints of the reward service as an ASGI app."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from rewardkit import __version__
from rewardkit.batch.columns import InputRow
from rewardkit.errors import UsageError, WorkerStartError
from rewardkit.serve import bodies, openrlhf, schema
from rewardkit.serve.bodies import Refused, to_bytes
from rewardkit.serve.engine import Engine
from rewardkit.serve.gate import Gate, refusal_headers
from rewardkit.serve.limits import Limits
from rewardkit.serve.metrics import CONTENT_TYPE, Metrics
from rewardkit.types import Judge, Verdict, Verifier

__all__ = ["make_app"]

LARGE_BYTES = 1 << 18  # parsing more than this would keep the event loop from its other clients
JSON = "application/json"

log = logging.getLogger("rewardkit.serve")


def make_app(
    verifier: Verifier | Judge,
    *,
    limits: Limits | None = None,
    token: str | None = None,
    undecided: float | None = None,
) -> ASGIApp:
    """The service as an ASGI app, for `rewardkit serve` or a server of your own.

    Args:
        verifier: What scores: a recipe built by `rewardkit.recipes.build`, or any verifier or judge.
        limits: Bounds on size, time and load; default `Limits()`.
        token: What clients must show, as a Bearer token or as the password of a URL; default None, everyone may come in.
        undecided: What the OpenRLHF endpoint sends for a row without a score; default None, JSON's null, on which OpenRLHF stops.
    """
    limits, metrics = limits or Limits(), Metrics()
    service = _Service(Engine(verifier, limits, metrics), limits, metrics, undecided)
    app = FastAPI(
        title="rewardkit reward service",
        version=__version__,
        description=f"Rewards by `{verifier.name}`. A reward is null where nothing was decided; its row says why.",
        lifespan=service.life,
        redoc_url=None,
    )
    _add_routes(app, service, limits, guarded=token is not None)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(Exception, _broken)
    return Gate(app, limits, metrics, token)


class _Service:
    """What the endpoints do."""

    def __init__(self, engine: Engine, limits: Limits, metrics: Metrics, undecided: float | None) -> None:
        self.engine, self.limits, self.metrics, self.undecided = engine, limits, metrics, undecided

    @asynccontextmanager
    async def life(self, _: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.ensure_future(self.engine.warm_up())
        yield
        warming.cancel()

    async def rewards(self, request: Request) -> Response:
        """Score a batch of completions, given by row or by column."""
        rows, verdicts = await self._score(request, bodies.read_batch)
        return _answer(bodies.answer(rows, verdicts))

    async def openrlhf(self, request: Request) -> Response:
        """Score a batch in the protocol of OpenRLHF's remote reward model."""
        _, verdicts = await self._score(request, openrlhf.read_batch)
        return _answer(openrlhf.answer(verdicts, self.undecided))

    async def health(self) -> Response:
        """Whether the process answers."""
        return _answer({"status": "ok"})

    async def ready(self) -> Response:
        """Whether the next request would be taken."""
        word = "full" if self.engine.full else "ready" if self.engine.warm else "starting"
        return _answer({"status": word}, 200 if word == "ready" else 503)

    async def numbers(self) -> Response:
        """Counts and load in the Prometheus text format."""
        return Response(self.metrics.text(), media_type=CONTENT_TYPE)

    async def _score(self, request: Request, read: Callable[[Any, int], list[InputRow]]) -> tuple[list[InputRow], list[Verdict]]:
        body = await request.body()

        def parsed() -> list[InputRow]:
            return read(bodies.parse(body), self.limits.rows)

        rows = await asyncio.to_thread(parsed) if len(body) > LARGE_BYTES else parsed()
        readable = [row.sample for row in rows if not row.problem]
        scored = iter(await self.engine.score(readable) if readable else ())
        verdicts = [bodies.bad_row(row) if row.problem else next(scored) for row in rows]
        self.metrics.scored(verdicts)
        return rows, verdicts


def _add_routes(app: FastAPI, service: _Service, limits: Limits, *, guarded: bool) -> None:
    needed = [Depends(HTTPBearer(auto_error=False, description="The service's token."))] if guarded else []
    refusals = schema.refusals(limits)
    if not guarded:
        del refusals[401]
    calls = {
        "/v1/rewards": (service.rewards, schema.rewards_call(limits)),
        "/get_reward": (service.openrlhf, schema.openrlhf_call(limits)),
    }
    for path, (call, (body, answer)) in calls.items():
        app.add_api_route(
            path,
            _guarded(call),
            methods=["POST"],
            response_class=Response,
            responses={200: answer, **refusals},
            openapi_extra={"requestBody": body},
            dependencies=needed,
            summary=(call.__doc__ or "").rstrip("."),
        )
    word: dict[str, Any] = {
        "content": {JSON: {"schema": {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}}}
    }
    text: dict[str, Any] = {"content": {CONTENT_TYPE: {"schema": {"type": "string"}}}}
    looks: list[tuple[str, Callable[..., Any], dict[int | str, Any], list[Any]]] = [
        ("/health", service.health, {200: word}, []),
        ("/ready", service.ready, {200: word, 503: word}, []),
        ("/metrics", service.numbers, {200: text, **({401: refusals[401]} if guarded else {})}, needed),
    ]
    for path, look, answers, need in looks:
        about = (look.__doc__ or "").rstrip(".")
        app.add_api_route(
            path, look, methods=["GET"], response_class=Response, responses=answers, dependencies=need, summary=about
        )


def _guarded(call: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """The call, with what it refuses as answers."""

    async def endpoint(request: Request) -> Response:
        try:
            answer: Response = await call(request)
        except Refused as no:
            return _answer({"error": str(no)}, no.status, refusal_headers(no))
        except UsageError as cause:
            return _answer({"error": str(cause)}, 422)
        except WorkerStartError as cause:
            log.exception("no worker process")
            return _answer({"error": str(cause)}, 503, {"retry-after": "5"})
        return answer

    endpoint.__doc__, endpoint.__name__ = call.__doc__, call.__name__
    return endpoint


def _answer(value: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(to_bytes(value), status, headers, media_type=JSON)


async def _no_such_page(_: Request, cause: Exception) -> Response:
    assert isinstance(cause, HTTPException)
    return _answer({"error": str(cause.detail)}, cause.status_code, dict(cause.headers or {}))


async def _broken(_: Request, cause: Exception) -> Response:
    # The traceback goes to the log, by Starlette; clients need not see the inside.
    return _answer({"error": f"{type(cause).__name__}; the log of the service has the traceback"}, 500)
