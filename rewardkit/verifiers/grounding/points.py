"""Points in an image: whether they lie in the reference's box or mask, or near its point, one or several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from rewardkit.errors import BadParameter
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.grounding.labels import Labels
from rewardkit.verifiers.grounding.masks import Mask, Unreadable, holds
from rewardkit.verifiers.grounding.outlines import reference_masks
from rewardkit.verifiers.grounding.shapes import (
    BARE_BOX,
    BARE_POINT,
    BOX,
    MAX_BOXES,
    POINT,
    Numbers,
    Order,
    Scale,
    Shape,
    as_text,
    corners,
    has_area,
    image_size,
    offered,
    read,
    rescaled,
)

__all__ = ["point"]

_MASKS = ('"counts"', "'counts'", '"segmentation"', "'segmentation'", '"polygon', "'polygon")


class Target(NamedTuple):
    """What a point should lie in or near, and the label that stands beside it."""

    numbers: Numbers | Mask
    label: str = ""


def _check_point(*, radius: float | None, **_: Any) -> None:
    if radius is not None and not 0 <= radius < math.inf:
        message = f"grounding.point: radius={radius} cannot be used; wanted a distance of 0 or more, or None."
        raise BadParameter(message)


@verifier("grounding.point", requires=("answer",), validate=_check_point, scores=(0.0, 1.0))
def point(
    sample: Sample,
    *,
    radius: float | None = None,
    match: Literal["one", "set"] = "one",
    scale: Scale = "pixels",
    order: Order = "xyxy",
    answer_scale: Scale | None = None,
    labels: Literal["match", "ignore"] = "match",
) -> Verdict:
    """Whether a point in the final answer lies in the reference box or mask, or near the reference point.

    Borders count as inside. No point is `no_answer`, a box is no point, and different points are `ambiguous`.
    Any of several references will do. Two pairs written as one are read as a box's corners, in a reference with "set" and a
    radius as two points. Masks are written as for
    `grounding.mask`, in pixels, with `counts` or under `segmentation` or `polygon`.

    Args:
        sample: The sample. Its `answer` is a box, a mask or a point, or several of a kind, as numbers, JSON or text.
        radius: Greatest distance to a reference point that counts, in the reference's scale. Without it a
            reference that is a point abstains as `out_of_scope`.
        match: "one" wants one point. "set" pairs points with references one to one, as many as can be, and scores F1:
            2 * pairs / (points + references). A point counts once, and a second one in the same mask counts against it.
        scale: What the completion's numbers are: "pixels", "unit" (0-1) or "thousand" (0-1000).
        order: Order of a reference box, as in `grounding.box`.
        answer_scale: The reference's scale; by default the completion's, and pixels where the reference is a mask. When only one
            of them is pixels, the column `image_size` (width, height, in pixels) is needed, unless a mask says it.
        labels: "match" pairs a point only with references of its label, as in `grounding.box`; "ignore" looks at no label. Labels
            count with "set" and are none of masks.

    Raises:
        BadParameter: When the verifier is built with a radius below 0.
        MissingColumn: When scales differ, or a reference is a polygon, and there is no column `image_size`.
    """
    reference = as_text(sample.columns["answer"])
    masked = any(sign in reference for sign in _MASKS)
    try:
        masks = reference_masks(sample, "grounding.point") if masked else []
    except Unreadable as cause:
        return Verdict.abstained("gold_unparseable", problem=str(cause)[:200])
    to: Scale = "pixels" if masked else answer_scale or scale
    size = (masks[0].width, masks[0].height) if masks else image_size(sample, scale, to, "grounding.point")
    # Pairs in a list are corners of a box, unless several points are asked for.
    points = read(reference, POINT, BARE_POINT) if match == "set" and radius is not None and not masked else []
    boxes = [] if masked or points else read(reference, BOX, BARE_BOX)
    points = [] if masked or boxes else points or read(reference, POINT, BARE_POINT)
    areas = [corners(one.numbers, order) for one in boxes]
    if not (masks or boxes or points) or not all(map(has_area, areas)) or size is None:
        return Verdict.abstained("gold_unparseable")
    if points and radius is None:
        return Verdict.abstained("out_of_scope", problem="the reference is a point; set radius to compare points")
    targets = [Target(one) for one in masks] + [Target(area, one.label) for area, one in zip(areas, boxes, strict=True)]
    targets += [Target(one.numbers, one.label) for one in points]
    found = offered(sample, POINT, BARE_POINT)
    if found.reason:
        return Verdict.scored(0.0, found.reason, extracted=found.text)
    given = [one._replace(numbers=rescaled(one.numbers, scale, to, size)) for one in found.shapes]
    if match == "set":
        return _set_verdict(given, targets, radius, labels == "match", found.text)
    distinct = {one.numbers for one in given}
    if len(distinct) > 1:
        return Verdict.scored(0.0, "ambiguous", extracted=found.text, points=len(distinct))
    x, y = distinct.pop()
    score = float(any(_reached(x, y, one, radius) for one in targets))
    far = {"distance": round(min(math.dist((x, y), one.numbers) for one in points), 4)} if points else {}
    return Verdict.scored(score, extracted=found.text, **far)


def _reached(x: float, y: float, target: Target, radius: float | None) -> bool:
    """Whether a point lies in a mask or a box, or near a point."""
    if isinstance(target.numbers, Mask):
        return holds(target.numbers, x, y)
    if len(target.numbers) == 2:
        return radius is not None and math.dist((x, y), target.numbers) <= radius
    left, top, right, bottom = target.numbers
    return left <= x <= right and top <= y <= bottom


def _set_verdict(given: Sequence[Shape], targets: Sequence[Target], radius: float | None, held: bool, text: str) -> Verdict:
    if len(given) * len(targets) > MAX_BOXES * 100:
        return Verdict.scored(0.0, "too_complex", extracted=text, points=len(given))
    known = Labels(one.label for one in targets)
    near = [
        [
            place
            for place, target in enumerate(targets)
            if _reached(one.numbers[0], one.numbers[1], target, radius) and (not held or known.agree(one.label, target.label))
        ]
        for one in given
    ]
    pairs = most_pairs(near)
    score = 2 * pairs / (len(given) + len(targets))
    return Verdict.scored(score, extracted=text, points=len(given), references=len(targets), pairs=pairs)


def most_pairs(near: Sequence[Sequence[int]]) -> int:
    """How many of the left can be paired one to one with those of the right that each is near to, at most."""
    paired: dict[int, int] = {}

    def place(one: int, seen: set[int]) -> bool:
        """Whether one of the left finds a place, others making room where they can."""
        free = next((other for other in near[one] if other not in paired), None)
        if free is not None:
            paired[free] = one
            return True
        for other in near[one]:
            if other not in seen:
                seen.add(other)
                if place(paired[other], seen):
                    paired[other] = one
                    return True
        return False

    reachable = len({other for others in near for other in others})
    for one in range(len(near)):
        if len(paired) == reachable:
            break
        place(one, set())
    return len(paired)
