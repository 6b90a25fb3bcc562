"""What the service says of itself: one object at `/`, one page at `/docs`. Nothing in it comes from the network."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import Any

from rewardkit import __version__
from rewardkit.serve.dialects.dialect import Dialect

__all__ = ["LOOKS", "about", "document"]

LOOKS = {
    "/": "What this is",
    "/docs": "A page with an example for every endpoint",
    "/openapi.json": "The same for programs, as an OpenAPI document",
    "/health": "200 while the process answers",
    "/ready": "200 when the next request would be taken, else 503",
    "/metrics": "Counts and load in the Prometheus text format",
}

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>rewardkit reward service</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 60rem;
       color: #222; background: #fff }}
h2 {{ font-size: 1.1rem; margin: 2rem 0 .3rem }}
pre {{ background: #f4f4f4; padding: .7rem; overflow-x: auto; border-radius: .3rem }}
code {{ font: .9em ui-monospace, monospace }} @media (prefers-color-scheme: dark) {{
body {{ color: #ddd; background: #181818 }} pre {{ background: #262626 }} a {{ color: #8bf }} }}
</style></head><body>
<h1>rewardkit reward service</h1>
<p>Version {version}. Rewards by <code>{verifier}</code>. A reward is null where nothing was decided; its row says why.
{token}</p>
{looks}
{calls}
</body></html>
"""


def about(verifier: str, dialects: Iterable[Dialect]) -> dict[str, Any]:
    """The service in one object: what it is, by what it scores, and where."""
    calls = {f"POST {path}": dialect.summary for dialect in dialects for path in dialect.paths}
    looks = {f"GET {path}": meaning for path, meaning in LOOKS.items()}
    return {"service": "rewardkit reward service", "version": __version__, "verifier": verifier, "endpoints": {**calls, **looks}}


def document(verifier: str, dialects: Iterable[Dialect], *, guarded: bool) -> str:
    """The page, with a command for every endpoint."""
    looks = "".join(f'<li><a href="{path}"><code>GET {path}</code></a> {html.escape(text)}</li>' for path, text in LOOKS.items())
    calls = "".join(_call(path, dialect, guarded) for dialect in dialects for path in dialect.paths)
    token = "Every request but those to /health and /ready shows the service's token." if guarded else ""
    return PAGE.format(version=__version__, verifier=html.escape(verifier), token=token, looks=f"<ul>{looks}</ul>", calls=calls)


def _call(path: str, dialect: Dialect, guarded: bool) -> str:
    header = "-H 'Authorization: Bearer TOKEN' " if guarded else ""
    body = json.dumps(dialect.example, ensure_ascii=False)
    command = f"curl {header}-H 'Content-Type: application/json' SERVICE{path} \\\n     -d '{body}'"
    return f"<h2><code>POST {path}</code></h2>\n<p>{html.escape(dialect.summary)}.</p>\n<pre>{html.escape(command)}</pre>\n"
