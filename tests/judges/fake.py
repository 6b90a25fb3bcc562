"""Clients and rows that the tests of judges share; importable, so that they pickle."""

from __future__ import annotations

from rewardkit.testing import ScriptedClient, sample


def agree(request):
    """Yes when the fenced answer is the fenced reference, but for case; a judge that is right on such rows."""
    text = request.messages[-1]["content"]
    reference, answer = (text.split(f"<{name} ", 1)[1].split("\n", 1)[1].split("\n</", 1)[0] for name in ("reference", "answer"))
    return "yes" if answer.strip().casefold() in reference.strip().casefold() else "no"


def accept(request):
    return "yes"


def client(replies=agree, name="scripted"):
    return ScriptedClient(replies, name=name)


def row(completion, answer="Canberra, ACT", prompt="What is the capital of Australia?", **columns):
    return sample(completion=f"<answer>{completion}</answer>", prompt=prompt, answer=answer, **columns)
