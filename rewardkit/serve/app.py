"""The endpoints of the reward service as an ASGI app."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from rewardkit import __version__
from rewardkit.batch.columns import InputRow
from rewardkit.errors import UsageError, WorkerStartError
from rewardkit.serve import bodies, pages, schema
from rewardkit.serve.bodies import Refused, to_bytes
from rewardkit.serve.dialects import DIALECTS
from rewardkit.serve.dialects.dialect import Asked, Dialect
from rewardkit.serve.engine import Engine
from rewardkit.serve.gate import Gate, refusal_headers
from rewardkit.serve.limits import Limits
from rewardkit.serve.metrics import CONTENT_TYPE, Metrics
from rewardkit.types import Judge, Verdict, Verifier

__all__ = ["make_app"]

LARGE_BYTES = 1 << 18  # parsing more than this would keep the event loop from its other clients
JSON = "application/json"
WORD: schema.Schema = schema.json_of({"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]})

log = logging.getLogger("rewardkit.serve")


def make_app(
    verifier: Verifier | Judge,
    *,
    limits: Limits | None = None,
    token: str | None = None,
    unscored: float | None = None,
) -> ASGIApp:
    """The service as an ASGI app, for `rewardkit serve` or a server of your own.

    Args:
        verifier: What scores: a recipe built by `rewardkit.recipes.build`, or any verifier or judge.
        limits: Bounds on size, time and load; default `Limits()`.
        token: What clients must show, as a Bearer token or as the password of a URL; default None, everyone may come in.
        unscored: What the endpoints of trainers send for a row without a score; default None, JSON's null, on which trainers
            stop. NeMo-Gym's, which has a mask, then sends 0.
    """
    limits, metrics = limits or Limits(), Metrics([*pages.LOOKS, *(path for dialect in DIALECTS for path in dialect.paths)])
    service = _Service(Engine(verifier, limits, metrics), limits, metrics, unscored, token is not None)
    app = FastAPI(
        title="rewardkit reward service",
        version=__version__,
        description=f"Rewards by `{verifier.name}`. A reward is null where nothing was decided; its row says why.",
        lifespan=service.life,
        docs_url=None,  # FastAPI's own page fetches its script from another host
        redoc_url=None,
    )
    _add_routes(app, service, limits, guarded=service.guarded)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(Exception, _broken)
    return Gate(app, limits, metrics, token)


class _Service:
    """What the endpoints do."""

    def __init__(self, engine: Engine, limits: Limits, metrics: Metrics, unscored: float | None, guarded: bool) -> None:
        self.engine, self.limits, self.metrics, self.unscored, self.guarded = engine, limits, metrics, unscored, guarded

    @asynccontextmanager
    async def life(self, _: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.ensure_future(self.engine.warm_up())
        yield
        warming.cancel()

    def speaking(self, dialect: Dialect) -> Callable[[Request], Any]:
        """An endpoint for a protocol."""

        async def endpoint(request: Request) -> Response:
            body, rows, verdicts = await self._score(request, dialect)
            return _answer(dialect.answer(Asked(body, rows, verdicts, self.unscored)))

        return endpoint

    async def about(self) -> Response:
        """What this is."""
        return _answer(pages.about(self.engine.verifier.name, DIALECTS))

    async def document(self) -> Response:
        """A page with an example for every endpoint."""
        return HTMLResponse(pages.document(self.engine.verifier.name, DIALECTS, guarded=self.guarded))

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

    async def _score(self, request: Request, dialect: Dialect) -> tuple[Any, list[InputRow], list[Verdict]]:
        sent = await request.body()

        def parsed() -> tuple[Any, list[InputRow]]:
            body = bodies.parse(sent)
            return body, bodies.sent_columns(dialect.read(body, self.limits.rows))

        body, rows = await asyncio.to_thread(parsed) if len(sent) > LARGE_BYTES else parsed()
        readable = [row.sample for row in rows if not row.problem]
        scored = iter(await self.engine.score(readable) if readable else ())
        verdicts = [bodies.bad_row(row) if row.problem else next(scored) for row in rows]
        self.metrics.scored(verdicts)
        return body, rows, verdicts


def _add_routes(app: FastAPI, service: _Service, limits: Limits, *, guarded: bool) -> None:
    needed = [Depends(HTTPBearer(auto_error=False, description="The service's token."))] if guarded else []
    refusals = schema.refusals(limits)
    if not guarded:
        del refusals[401]
    for dialect in DIALECTS:
        body = {"required": True, **schema.json_of(dialect.request(limits.rows), example=dialect.example)}
        for path in dialect.paths:
            app.add_api_route(
                path,
                _guarded(service.speaking(dialect)),
                methods=["POST"],
                response_class=Response,
                responses={200: schema.json_of(dialect.response), **refusals},
                openapi_extra={"requestBody": body},
                dependencies=needed,
                summary=dialect.summary,
                operation_id=path.strip("/").replace("/", "_"),
            )
    looks: list[tuple[str, Callable[..., Any], dict[int | str, Any], bool]] = [
        ("/", service.about, {200: _content(JSON, {"type": "object"})}, guarded),
        ("/docs", service.document, {200: _content("text/html", {"type": "string"})}, guarded),
        ("/health", service.health, {200: WORD}, False),
        ("/ready", service.ready, {200: WORD, 503: WORD}, False),
        ("/metrics", service.numbers, {200: _content(CONTENT_TYPE, {"type": "string"})}, guarded),
    ]
    for path, look, answers, closed in looks:
        app.add_api_route(
            path,
            look,
            methods=["GET"],
            response_class=Response,
            responses={**answers, **({401: refusals[401]} if closed else {})},
            dependencies=needed if closed else [],
            summary=pages.LOOKS[path],
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

    return endpoint


def _content(kind: str, found: schema.Schema) -> schema.Schema:
    return {"content": {kind: {"schema": found}}}


def _answer(value: Mapping[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(to_bytes(value), status, headers, media_type=JSON)


async def _no_such_page(_: Request, cause: Exception) -> Response:
    assert isinstance(cause, HTTPException)
    return _answer({"error": str(cause.detail)}, cause.status_code, dict(cause.headers or {}))


async def _broken(_: Request, cause: Exception) -> Response:
    # The traceback goes to the log, by Starlette; clients need not see the inside.
    return _answer({"error": f"{type(cause).__name__}; the log of the service has the traceback"}, 500)
