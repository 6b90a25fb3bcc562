"""Boxes and points in a text, with the labels that stand beside them: read, converted, and never run."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from rewardkit.errors import MissingColumn
from rewardkit.extract import Method, extract, outside_think
from rewardkit.prose.names import refuses
from rewardkit.prose.stance import stands_by
from rewardkit.types import Sample
from rewardkit.verifiers.grounding.labels import KEY, label_beside, score_beside

__all__ = ["BARE_BOX", "BARE_POINT", "BOX", "MAX_BOXES", "POINT", "Found", "Numbers", "Order", "Scale", "Shape"]
__all__ += ["as_text", "corners", "has_area", "image_size", "offered", "picture_of", "read", "rescaled"]

Scale = Literal["pixels", "unit", "thousand"]
Order = Literal["xyxy", "xywh", "yxyx"]
Numbers = tuple[float, ...]

MAX_BOXES = 1000
"""A completion with more boxes or points than this is too complex to be matched."""

_N = r"([-+]?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,2})?)"
_AND = r"(?:\s*[,，]\s*|\s+)"
_PAIR = rf"[\[(]\s*{_N}{_AND}{_N}\s*[\])]"
BARE_BOX = re.compile(rf"{_N}{_AND}{_N}{_AND}{_N}{_AND}{_N}")
BOX = re.compile(rf"[\[(]\s*{BARE_BOX.pattern}\s*[\])]|{_PAIR}\s*(?:[,，]\s*)?{_PAIR}")
BARE_POINT = re.compile(rf"{_N}{_AND}{_N}")
POINT = re.compile(rf'{_PAIR}|\bx\d*"?\s*[=:]\s*"?{_N}"?\s*,?\s*"?y\d*"?\s*[=:]\s*"?{_N}')


class Shape(NamedTuple):
    """Numbers of a box or a point, and the label and the confidence that stand beside them, if any."""

    numbers: Numbers
    label: str = ""
    score: float | None = None


class Found(NamedTuple):
    """What a completion offers: the shapes in its final answer, the text they stand in, or why there are none."""

    shapes: list[Shape]
    text: str
    reason: str = ""


def offered(sample: Sample, pattern: re.Pattern[str], bare: re.Pattern[str]) -> Found:
    """The shapes that the final answer states; where no tag or box says what that is, that all the text outside think does."""
    text = sample.text
    final = extract(text, order=("answer_tag", "json", "boxed", "phrase"))
    if final.reason == "ambiguous":
        return Found([], " | ".join(final.alternatives)[:500], "ambiguous")
    shapes = read(final.text, pattern, bare, stated=True) if final.text else []
    if shapes or final.method in (Method.ANSWER_TAG, Method.BOXED):
        where = final.text or ""
    else:
        where = outside_think(text).strip()
        shapes = read(where, pattern, bare, stated=True)
    reason = "no_answer" if not shapes else "too_complex" if len(shapes) > MAX_BOXES else ""
    return Found(shapes, where[:500], reason)


def _stands(text: str, place: tuple[int, int], *, alone: bool) -> bool:
    """Whether a text stands by the shape at a place, and names it by nothing that refuses it ("wrong_box")."""
    named = KEY.search(text, max(0, place[0] - 80), place[0] + 1)
    struck = named is not None and any(map(refuses, (named[2], named[2].partition("_")[0])))
    return not struck and stands_by(text, *place, alone=alone)


def read(text: str, pattern: re.Pattern[str], bare: re.Pattern[str], *, stated: bool = False) -> list[Shape]:
    """All boxes or points in a text, or those that it stands by; in a short one also numbers without brackets."""
    found = list(pattern.finditer(text))
    if not found and len(text) < 500:
        whole = bare.fullmatch(text.strip())
        return [Shape(_numbers(whole))] if whole else []
    if len(found) > MAX_BOXES:
        return [Shape(_numbers(one)) for one in found]
    alone = len(found) == 1
    places = [(one, *one.span()) for one in found if not stated or _stands(text, one.span(), alone=alone)]
    return [Shape(_numbers(one), label_beside(text, *place), score_beside(text, *place)) for one, *place in places]


def _numbers(found: re.Match[str]) -> Numbers:
    return tuple(float(number) for number in found.groups() if number is not None)


def as_text(answer: Any) -> str:
    """A reference as the text that is searched."""
    if isinstance(answer, str):
        return answer
    return json.dumps(answer, default=_known)


def _known(value: Any) -> Any:
    """What JSON does not know: arrays have tolist, and pycocotools writes counts as bytes; anything else is no shape."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value.tolist() if hasattr(value, "tolist") else None


def corners(numbers: Numbers, order: Order) -> Numbers:
    """Left, top, right and bottom of a box written in an order."""
    a, b, c, d = numbers
    return (a, b, a + c, b + d) if order == "xywh" else (b, a, d, c) if order == "yxyx" else numbers


def has_area(corners: Numbers) -> bool:
    """Whether the second corner lies behind and below the first."""
    return corners[0] < corners[2] and corners[1] < corners[3]


def image_size(sample: Sample, scale: Scale, to: Scale, name: str) -> Numbers | None:
    """Width and height when a conversion needs them, else ones; None when the row's size cannot be read."""
    if scale == to or "pixels" not in (scale, to):
        return (1.0, 1.0)
    if "image_size" not in sample.columns:
        raise MissingColumn("image_size", name, sample.columns)
    return _size(sample.columns["image_size"])


def picture_of(sample: Sample) -> tuple[int, int] | None:
    """Height and width in pixels by the column `image_size`, which has the width first; None where it cannot be read."""
    size = _size(sample.columns.get("image_size"))
    return None if size is None or any(side != int(side) for side in size) else (int(size[1]), int(size[0]))


def _size(value: Any) -> Numbers | None:
    sizes = read(as_text(value), re.compile(_PAIR), BARE_POINT)
    return sizes[0].numbers if len(sizes) == 1 and min(sizes[0].numbers) > 0 else None


def rescaled(numbers: Numbers, scale: Scale, to: Scale, size: Sequence[float]) -> Numbers:
    """Coordinates from one scale to another; x and y alternate."""
    if scale == to:
        return numbers
    span = {"pixels": size, "unit": (1.0, 1.0), "thousand": (1000.0, 1000.0)}
    return tuple(n / span[scale][i % 2] * span[to][i % 2] for i, n in enumerate(numbers))
