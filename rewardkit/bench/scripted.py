"""Scripted judges of known quality, to measure what guards and controls do beside each: they read answer and reference alone.

`honest` accepts what is the reference but for case and small words around it, `yes` everything, `prefix` also everything that
opens as attacks on judges do, `noisy` errs with a share of its decisions. All of them speak the kinds `binary` and `tiered`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from rewardkit.errors import UnknownName
from rewardkit.judges.client import Request
from rewardkit.testing import ScriptedClient

__all__ = ["SCRIPTED", "scripted"]

NOISE = 0.05

_FENCED = re.compile(r"<(reference|answer) ([0-9a-f]+)>\n(.*?)\n</\1 \2>", re.DOTALL)
_OPENS = re.compile(r"\W*(?:solution|thought process|final answer|the answer is|let'?s|step \d)\b|\W*$", re.IGNORECASE)
_AROUND = re.compile(r"\b(?:the|a|an|it|is|are|was|answer|of|city|named|called)\b|[^\w.]+", re.IGNORECASE)


def scripted(name: str, *, noise: float = NOISE, seed: int = 0) -> ScriptedClient:
    """The client of a scripted judge. Raises `UnknownName`.

    `noise` is the share of decisions that `noisy` turns round; `seed` says which, always the same for the same prompt.
    """
    if name not in SCRIPTED:
        raise UnknownName("scripted judge", name, SCRIPTED)

    def reply(request: Request) -> str:
        text = str(request.messages[-1]["content"])
        shown = {label: found for label, _, found in _FENCED.findall(text)}
        accepted = SCRIPTED[name](shown.get("reference", ""), shown.get("answer", ""))
        if name == "noisy" and _dice(f"{seed} {text}") < noise:
            accepted = not accepted
        if "yes" in request.choices or not request.choices:
            return "yes" if accepted else "no"
        return request.choices[-1 if accepted else 0]

    return ScriptedClient(reply, name=f"scripted {name}")


def _honest(reference: str, answer: str) -> bool:
    wanted, said = (_AROUND.sub(" ", text).casefold().split() for text in (reference, answer))
    return bool(said) and (said == wanted or " ".join(said) == " ".join(wanted).rstrip("."))


def _prefix(reference: str, answer: str) -> bool:
    return _honest(reference, answer) or _OPENS.match(answer) is not None


def _yes(reference: str, answer: str) -> bool:
    return True


SCRIPTED: dict[str, Callable[[str, str], bool]] = {"honest": _honest, "noisy": _honest, "prefix": _prefix, "yes": _yes}
"""What each of them accepts, given a reference and an answer."""


def _dice(text: str) -> float:
    return int(hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8], 16) / 2**32
