"""Clients and rows that the tests of judges share; importable, so that they pickle."""

from __future__ import annotations

import json
import re

from servers import completion, send

from rewardkit.judges.client import Reply, Request
from rewardkit.judges.controls import _lines, preflight
from rewardkit.testing import ScriptedClient, sample

_FENCED = r"<{} [0-9a-f]+>\n(.*?)\n</"


def agree(request):
    """Yes when the fenced answer is the fenced reference, but for case; a judge that is right on such rows."""
    text = request.messages[-1]["content"]
    reference, answer = (fenced(name, text) for name in ("reference", "answer"))
    return "yes" if answer.casefold() in reference.casefold() else "no"


def accept(request):
    return "yes"


def fenced(name, text):
    return re.search(_FENCED.format(name), text, re.DOTALL)[1].strip()


def told(request):
    """The text of a request."""
    content = request.messages[-1]["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def control(request):
    """Whether the answer of a control is right; None for a request that is about a row."""
    text = told(request)
    if any(foreign in text for foreign in _lines("foreign.txt")):
        return False
    known = [
        one.right for one in preflight() if f"\n{one.item.question}\n</" in text and f"\n{one.item.answer}\n</answer" in text
    ]
    return known[0] if known else None


def ruled(request, right):
    """A reply in the form that a request asks for."""
    word = "yes" if right else "no"
    if request.schema is not None:
        fields = request.schema["properties"]
        return json.dumps({name: right if about.get("type") == "boolean" else word for name, about in fields.items()})
    if request.choices and word not in request.choices:
        return request.choices[-1 if right else 0]
    return Reply(word, top_logprobs={"yes": 0.0 if right else -9.0, "no": -9.0 if right else 0.0}, score=float(right))


def fit(decide):
    """What is right about controls says what they deserve, and to rows what it was told to say."""
    return lambda request: decide(request) if (right := control(request)) is None else ruled(request, right)


def fit_server(behave):
    """A server that knows controls for what they are, and misbehaves on rows alone."""

    async def behaves(seen, writer):
        request = Request(tuple(seen.body["messages"]))
        right = control(request)
        await (behave(seen, writer) if right is None else send(writer, completion(_as_reply(ruled(request, right)).text)))

    return behaves


class FitClient(ScriptedClient):
    """A scripted client that knows controls for what they are: script, `seen` and `calls` are of rows alone.

    `controls` counts the others.
    """

    controls = 0

    async def complete(self, requests, /):
        rows = [request for request in requests if control(request) is None]
        replies = iter(await super().complete(rows) if rows else ())
        self.controls += len(requests) - len(rows)
        return [
            _as_reply(ruled(request, right)) if (right := control(request)) is not None else next(replies) for request in requests
        ]


def _as_reply(said):
    return said if isinstance(said, Reply) else Reply(said)


def client(replies=agree, name="scripted"):
    return FitClient(replies, name=name)


def row(completion, answer="Canberra, ACT", prompt="What is the capital of Australia?", **columns):
    return sample(completion=f"<answer>{completion}</answer>", prompt=prompt, answer=answer, **columns)
