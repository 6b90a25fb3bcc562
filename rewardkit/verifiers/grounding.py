"""Where something is in an image: boxes by overlap, points by containment or distance.

References and completions are read by one scanner, which knows the shapes models and datasets write:
`[x1, y1, x2, y2]`, `(x1,y1),(x2,y2)` with or without box tags, JSON such as `{"bbox_2d": […]}`, four bare numbers;
for points `(x, y)`, `[x, y]`, `{"point_2d": […]}`, `x="…" y="…"`, two bare numbers. Text is only ever searched, never run.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from rewardkit.errors import BadParameter, MissingColumn
from rewardkit.extract import Method, extract, outside_think
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["box", "point"]

Scale = Literal["pixels", "unit", "thousand"]
Order = Literal["xyxy", "xywh", "yxyx"]
Numbers = tuple[float, ...]

MAX_BOXES = 1000
"""A completion with more boxes or points than this is too complex to be matched."""

_N = r"([-+]?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,2})?)"
_AND = r"(?:\s*[,，]\s*|\s+)"
_PAIR = rf"[\[(]\s*{_N}{_AND}{_N}\s*[\])]"
_BARE_BOX = re.compile(rf"{_N}{_AND}{_N}{_AND}{_N}{_AND}{_N}")
_BOX = re.compile(rf"[\[(]\s*{_BARE_BOX.pattern}\s*[\])]|{_PAIR}\s*(?:[,，]\s*)?{_PAIR}")
_BARE_POINT = re.compile(rf"{_N}{_AND}{_N}")
_POINT = re.compile(rf'{_PAIR}|\bx\d*"?\s*[=:]\s*"?{_N}"?\s*,?\s*"?y\d*"?\s*[=:]\s*"?{_N}')


class _Found(NamedTuple):
    """What a completion offers: the shapes in its final answer, the text they stand in, or why there are none."""

    shapes: list[Numbers]
    text: str
    reason: str = ""


def _check_box(*, measure: str, threshold: float | None, **_: Any) -> None:
    least = -1 if measure == "giou" else 0
    if threshold is not None and not least < threshold <= 1:
        message = f"grounding.box: threshold={threshold} cannot be used with {measure}; wanted {least} < threshold <= 1, or None."
        raise BadParameter(message)


def _check_point(*, radius: float | None, **_: Any) -> None:
    if radius is not None and not 0 <= radius < math.inf:
        message = f"grounding.point: radius={radius} cannot be used; wanted a distance of 0 or more, or None."
        raise BadParameter(message)


@verifier("grounding.box", requires=("answer",), validate=_check_box)
def box(
    sample: Sample,
    *,
    measure: Literal["iou", "giou"] = "iou",
    threshold: float | None = 0.5,
    match: Literal["one", "set"] = "one",
    scale: Scale = "pixels",
    order: Order = "xyxy",
    answer_scale: Scale | None = None,
    answer_order: Order | None = None,
) -> Verdict:
    """How well a box in the final answer overlaps the reference box.

    A box without area, or whose second corner lies before its first, overlaps nothing: a mismatch in the
    completion, `gold_unparseable` in the reference. No box is `no_answer`; different boxes where one is asked for
    are `ambiguous`. Sources: GIoU is arXiv 1902.09630; overlap as a reward follows Visual-RFT (arXiv 2503.01785).

    Args:
        sample: The sample. Its `answer` is a box or several, as numbers, JSON or text.
        measure: "iou" from 0 to 1, or "giou" from -1 to 1.
        threshold: Score 1 from this overlap on, else 0. None scores the overlap itself.
        match: "one" wants one box, and the best of several references counts. "set" pairs boxes with references one
            to one, best overlap first, and scores F1: 2 * pairs / (boxes + references), where a pair counts 1
            from the threshold on, or its overlap (at least 0) when that is None.
        scale: What the completion's numbers are: "pixels", "unit" (0-1) or "thousand" (0-1000).
        order: "xyxy" (two corners), "xywh" (corner, width, height) or "yxyx".
        answer_scale: The reference's scale; by default the completion's. When only one of them is pixels, the
            column `image_size` (width, height, in pixels) is needed.
        answer_order: The reference's order; by default the completion's.

    Raises:
        BadParameter: When the verifier is built with a threshold that the measure cannot reach.
        MissingColumn: When scales differ and there is no column `image_size`.
    """
    to, size = answer_scale or scale, _image_size(sample, scale, answer_scale or scale, "grounding.box")
    references = [_corners(b, answer_order or order) for b in _read(_as_text(sample.columns["answer"]), _BOX, _BARE_BOX)]
    if not references or not all(map(_has_area, references)) or size is None:
        return Verdict.abstained("gold_unparseable")
    found = _offered(sample, _BOX, _BARE_BOX)
    if found.reason:
        return Verdict.scored(0.0, found.reason, extracted=found.text)
    boxes = [_rescaled(_corners(b, order), scale, to, size) for b in found.shapes]
    if match == "set":
        return _set_verdict(boxes, references, measure, threshold, found.text)
    if len(set(boxes)) > 1:
        return Verdict.scored(0.0, "ambiguous", extracted=found.text, boxes=len(set(boxes)))
    if not _has_area(boxes[0]):
        return Verdict.scored(0.0, extracted=found.text, problem="the box is inverted or has no area")
    overlap = max(_overlap(boxes[0], reference, measure) for reference in references)
    score = overlap if threshold is None else float(overlap >= threshold)
    return Verdict.scored(score, "mismatch" if score <= 0 else None, extracted=found.text, **{measure: round(overlap, 4)})


@verifier("grounding.point", requires=("answer",), validate=_check_point)
def point(
    sample: Sample,
    *,
    radius: float | None = None,
    scale: Scale = "pixels",
    order: Order = "xyxy",
    answer_scale: Scale | None = None,
) -> Verdict:
    """Whether a point in the final answer lies in the reference box, or near the reference point.

    Borders count as inside. No point is `no_answer`, a box is no point, and different points are `ambiguous`.
    Any of several references will do. Two pairs written as one are read as a box's corners.

    Args:
        sample: The sample. Its `answer` is a box or a point, or several, as numbers, JSON or text.
        radius: Greatest distance to a reference point that counts, in the reference's scale. Without it a
            reference that is a point abstains as `out_of_scope`.
        scale: What the completion's numbers are: "pixels", "unit" (0-1) or "thousand" (0-1000).
        order: Order of a reference box, as in `grounding.box`.
        answer_scale: The reference's scale; by default the completion's. When only one of them is pixels, the
            column `image_size` (width, height, in pixels) is needed.

    Raises:
        BadParameter: When the verifier is built with a radius below 0.
        MissingColumn: When scales differ and there is no column `image_size`.
    """
    to, size = answer_scale or scale, _image_size(sample, scale, answer_scale or scale, "grounding.point")
    reference = _as_text(sample.columns["answer"])
    boxes = [_corners(b, order) for b in _read(reference, _BOX, _BARE_BOX)]
    points = [] if boxes else _read(reference, _POINT, _BARE_POINT)
    if not (boxes or points) or not all(map(_has_area, boxes)) or size is None:
        return Verdict.abstained("gold_unparseable")
    if points and radius is None:
        return Verdict.abstained("out_of_scope", problem="the reference is a point; set radius to compare points")
    found = _offered(sample, _POINT, _BARE_POINT)
    if found.reason:
        return Verdict.scored(0.0, found.reason, extracted=found.text)
    if len(set(found.shapes)) > 1:
        return Verdict.scored(0.0, "ambiguous", extracted=found.text, points=len(set(found.shapes)))
    x, y = _rescaled(found.shapes[0], scale, to, size)
    if boxes:
        return Verdict.scored(float(any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in boxes)), extracted=found.text)
    distance = min(math.dist((x, y), p) for p in points)
    return Verdict.scored(float(radius is not None and distance <= radius), extracted=found.text, distance=round(distance, 4))


def _set_verdict(boxes: list[Numbers], references: list[Numbers], measure: str, threshold: float | None, text: str) -> Verdict:
    if len(boxes) * len(references) > MAX_BOXES * 100:
        return Verdict.scored(0.0, "too_complex", extracted=text, boxes=len(boxes))
    overlaps = [
        (_overlap(b, reference, measure), i, j)
        for i, b in enumerate(boxes)
        if _has_area(b)
        for j, reference in enumerate(references)
    ]
    overlaps.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    paired_boxes: set[int] = set()
    paired_references: set[int] = set()
    credit = 0.0
    for overlap, i, j in overlaps:
        if overlap < (0 if threshold is None else threshold):
            break
        if i not in paired_boxes and j not in paired_references:
            paired_boxes.add(i)
            paired_references.add(j)
            credit += overlap if threshold is None else 1.0
    score = 2 * credit / (len(boxes) + len(references))
    return Verdict.scored(score, extracted=text, boxes=len(boxes), references=len(references), pairs=len(paired_boxes))


def _offered(sample: Sample, pattern: re.Pattern[str], bare: re.Pattern[str]) -> _Found:
    """The shapes in the final answer; where no tag or box says what that is, in all the text outside think."""
    text = sample.text
    final = extract(text, order=("answer_tag", "json", "boxed", "phrase"))
    if final.reason == "ambiguous":
        return _Found([], " | ".join(final.alternatives)[:500], "ambiguous")
    shapes = _read(final.text, pattern, bare) if final.text else []
    if shapes or final.method in (Method.ANSWER_TAG, Method.BOXED):
        where = final.text or ""
    else:
        where = outside_think(text).strip()
        shapes = _read(where, pattern, bare)
    reason = "no_answer" if not shapes else "too_complex" if len(shapes) > MAX_BOXES else ""
    return _Found(shapes, where[:500], reason)


def _read(text: str, pattern: re.Pattern[str], bare: re.Pattern[str]) -> list[Numbers]:
    found = [m.groups() for m in pattern.finditer(text)]
    if not found and len(text) < 500:
        whole = bare.fullmatch(text.strip())
        found = [whole.groups()] if whole else []
    return [tuple(float(n) for n in groups if n is not None) for groups in found]


def _as_text(answer: Any) -> str:
    if isinstance(answer, str):
        return answer
    # Arrays have tolist; anything else that JSON does not know is no box.
    return json.dumps(answer, default=lambda value: value.tolist() if hasattr(value, "tolist") else None)


def _corners(numbers: Numbers, order: Order) -> Numbers:
    a, b, c, d = numbers
    return (a, b, a + c, b + d) if order == "xywh" else (b, a, d, c) if order == "yxyx" else numbers


def _has_area(corners: Numbers) -> bool:
    return corners[0] < corners[2] and corners[1] < corners[3]


def _image_size(sample: Sample, scale: Scale, to: Scale, name: str) -> Numbers | None:
    """Width and height when a conversion needs them, else ones; None when the row's size cannot be read."""
    if scale == to or "pixels" not in (scale, to):
        return (1.0, 1.0)
    if "image_size" not in sample.columns:
        raise MissingColumn("image_size", name, sample.columns)
    sizes = _read(_as_text(sample.columns["image_size"]), re.compile(_PAIR), _BARE_POINT)
    return sizes[0] if len(sizes) == 1 and min(sizes[0]) > 0 else None


def _rescaled(numbers: Numbers, scale: Scale, to: Scale, size: Sequence[float]) -> Numbers:
    """Coordinates from one scale to another; x and y alternate."""
    if scale == to:
        return numbers
    span = {"pixels": size, "unit": (1.0, 1.0), "thousand": (1000.0, 1000.0)}
    return tuple(n / span[scale][i % 2] * span[to][i % 2] for i, n in enumerate(numbers))


def _overlap(a: Numbers, b: Numbers, measure: str) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0.0) * max(height, 0.0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    # Boxes so small that their area underflows share nothing that can be measured.
    overlap = shared / union if union > 0 else 0.0
    if measure == "iou":
        return overlap
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    return overlap - (hull - union) / hull if hull > 0 else overlap
