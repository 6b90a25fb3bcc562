"""Whether a completion has the form that was asked for: tags in order, one box.

Each tag is looked for on its own by plain string search, so the work is linear in the text and a flood of
openers costs no more than any other text. What a tag did wrong is kept in `info["faults"]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rewardkit.errors import BadParameter
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["boxed", "observe_think_answer", "tags", "think_answer"]

Mode = Literal["strict", "soft"]
Outside = Literal["none", "any", "between"]

_NAME = re.compile(r"[A-Za-z][\w-]*")
_BOX = re.compile(r"\\boxed\s*\{")
# An escaped brace is text; everything else that is not a brace is jumped over.
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


def _check_tags(*, tags: Any, **_: Any) -> None:
    usable = isinstance(tags, (list, tuple)) and tags and all(isinstance(t, str) and _NAME.fullmatch(t) for t in tags)
    if not usable or len(set(tags)) != len(tags):
        message = f"format.tags: tags={tags!r} cannot be used; give distinct names without brackets, such as ('think', 'answer')."
        raise BadParameter(message)


def _check_box(*, inside: str | None, **_: Any) -> None:
    if inside is not None and not _NAME.fullmatch(inside):
        message = f"format.boxed: inside={inside!r} cannot be used; give the name of a tag without brackets, such as 'answer'."
        raise BadParameter(message)


@verifier("format.tags", validate=_check_tags)
def tags(
    sample: Sample,
    *,
    tags: Sequence[str] = ("think", "answer"),
    mode: Mode = "strict",
    outside: Outside = "none",
    opened: bool = False,
    allow_empty: bool = False,
) -> Verdict:
    """The completion is one block of every tag, each closed, in the given order.

    A tag is at fault when its opener or closer does not stand exactly once, when its block is empty, begins
    before the one before it has ended (nested or out of order), or has text beside it that is not allowed.
    Tag names are case-sensitive. The prompt's own text is not looked at, and no column is needed.

    Args:
        sample: The sample; only its text is read.
        tags: Names without brackets, in the order asked for.
        mode: "strict" scores 1 when no tag is at fault, else 0. "soft" scores the share of tags that are
            not at fault: with k tags each is worth 1/k, so that soft is 1 exactly when strict is. Text that
            is not allowed is held against the tag it stands before, at the end against the last tag.
        outside: Text other than white space outside the blocks: "none" is allowed, "any" is, or it must stand
            "between" every two blocks and nowhere else (an explanation before the answer).
        opened: The prompt already ends with the first opener, so the completion begins inside that block;
            opening it again is a fault.
        allow_empty: Accept blocks that hold nothing to be seen.

    Raises:
        BadParameter: When the verifier is built with names that cannot be tags.
    """
    return _verdict(_faults(sample.text, tags, outside=outside, opened=opened, allow_empty=allow_empty), len(tags), mode)


@verifier("format.think_answer")
def think_answer(
    sample: Sample,
    *,
    mode: Mode = "strict",
    outside: Outside = "none",
    opened: bool = False,
    allow_empty: bool = False,
) -> Verdict:
    """The completion is `<think>…</think>` and then `<answer>…</answer>`.

    The parameters are those of `format.tags`. The form is that of DeepSeek-R1 (arXiv 2501.12948); unlike the regular
    expressions in common use, repeated, nested and empty blocks do not pass, and white space at the ends does.
    """
    return tags(sample, mode=mode, outside=outside, opened=opened, allow_empty=allow_empty)


@verifier("format.observe_think_answer")
def observe_think_answer(
    sample: Sample,
    *,
    mode: Mode = "strict",
    outside: Outside = "none",
    opened: bool = False,
    allow_empty: bool = False,
    nested: bool = False,
) -> Verdict:
    """The completion is an observe, a think and an answer block, in that order.

    The other parameters are those of `format.tags`. The form is that of Observe-R1 (arXiv 2505.12432).

    Args:
        sample: The sample; only its text is read.
        mode: As in `format.tags`.
        outside: As in `format.tags`.
        opened: As in `format.tags`; the block that is open is the first one.
        allow_empty: As in `format.tags`.
        nested: Also accept the observe block inside the think block, as Observe-R1 does.
    """
    text = sample.text
    faults = _faults(text, ("observe", "think", "answer"), outside=outside, opened=opened, allow_empty=allow_empty)
    if faults and nested:
        outer = _faults(text, ("think", "answer"), outside=outside, opened=opened, allow_empty=allow_empty)
        inner = _faults(text, ("observe",), outside="any", allow_empty=allow_empty)
        if "think" not in outer and not inner:
            start = 0 if opened else text.find("<think>")
            if not start <= text.find("<observe>") < text.find("</observe>") < text.find("</think>"):
                inner = {"observe": "neither before <think> nor inside it"}
        faults = min(faults, {**inner, **outer}, key=len)
    return _verdict(faults, 3, mode)


@verifier("format.boxed", validate=_check_box)
def boxed(sample: Sample, *, inside: str | None = None, once: bool = True, allow_empty: bool = False) -> Verdict:
    r"""The completion holds exactly one `\boxed{…}` whose braces balance.

    Args:
        sample: The sample; only its text is read.
        inside: Name of a tag that must stand once, closed; only boxes in its block count. By default the whole
            text is looked at.
        once: False accepts several boxes, of which the last must balance.
        allow_empty: Accept a box that holds nothing to be seen.

    Raises:
        BadParameter: When the verifier is built with a name that cannot be a tag.
    """
    text = sample.text
    if inside is not None:
        faults = _faults(text, (inside,), outside="any")
        if faults:
            return _verdict(faults, 1, "strict")
        text = text[text.find(f"<{inside}>") : text.find(f"</{inside}>")]
    starts = [found.end() for found in _BOX.finditer(text)]
    if not starts:
        return _verdict({"boxed": "missing"}, 1, "strict")
    if once and len(starts) > 1:
        return _verdict({"boxed": f"stands {len(starts)} times"}, 1, "strict")
    end = _closing_brace(text, starts[-1])
    if end is None:
        return _verdict({"boxed": "never closed"}, 1, "strict")
    content = text[starts[-1] : end]
    if not allow_empty and _blank(content):
        return _verdict({"boxed": "empty"}, 1, "strict")
    return Verdict.scored(1.0, extracted=content.strip())


def _verdict(faults: Mapping[str, str], parts: int, mode: Mode) -> Verdict:
    score = 0.0 if faults and mode == "strict" else 1 - len(faults) / parts
    return Verdict.scored(score, faults=dict(faults)) if faults else Verdict.scored(score)


def _faults(
    text: str, tags: Sequence[str], *, outside: Outside, opened: bool = False, allow_empty: bool = False
) -> dict[str, str]:
    """What is wrong, by tag; a tag without fault is absent."""
    faults: dict[str, str] = {}
    end = 0  # where the last block that could be placed ends
    for place, tag in enumerate(tags):
        inherited = opened and place == 0
        fault = _unpaired(text, tag, inherited)
        if fault:
            faults[tag] = fault
            continue
        opener = 0 if inherited else text.find(f"<{tag}>")
        start = 0 if inherited else opener + len(tag) + 2
        close = text.find(f"</{tag}>")
        # After a tag that could not be placed, what stands before this one is that tag's doing, not this one's.
        neighbour = place == 0 or tags[place - 1] not in faults or faults[tags[place - 1]] == "empty"
        if opener < end:
            faults[tag] = "begins before the block before it has ended"
            continue
        gap = text[end:opener].strip() if neighbour and outside != "any" else ""
        if gap and (outside == "none" or place == 0):
            faults[tag] = "has text before it"
        elif outside == "between" and neighbour and place and not gap:
            faults[tag] = "has no text before it"
        if not allow_empty and _blank(text[start:close]):
            faults[tag] = "empty"
        end = close + len(tag) + 3
    if tags[-1] not in faults and outside != "any" and text[end:].strip():
        faults[tags[-1]] = "has text after it"
    return faults


def _unpaired(text: str, tag: str, inherited: bool) -> str:
    """Why the opener and closer of a tag do not make one block, or nothing."""
    opens, closes = text.count(f"<{tag}>"), text.count(f"</{tag}>")
    if inherited and opens:
        return "opened again, though the prompt has opened it"
    if not opens and not inherited:
        return "closed but never opened" if closes else "missing"
    if not closes:
        return "never closed"
    if opens > 1 or closes > 1:
        return f"opened {opens} and closed {closes} times"
    if not inherited and text.find(f"</{tag}>") < text.find(f"<{tag}>"):
        return "closed before it is opened"
    return ""


def _closing_brace(text: str, start: int) -> int | None:
    depth = 1
    for found in _BRACE.finditer(text, start):
        brace = found.group()
        depth += (brace == "{") - (brace == "}")
        if not depth:
            return found.start()
    return None


def _blank(text: str) -> bool:
    # A block of zero-width spaces or control characters is as empty as one of spaces.
    return not any(character.isprintable() and not character.isspace() for character in text)
