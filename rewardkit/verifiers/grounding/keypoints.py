"""Where the parts of a body or an object are: keypoints by COCO's object keypoint similarity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from rewardkit.errors import BadParameter
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.grounding.masks import Unreadable
from rewardkit.verifiers.grounding.outlines import offered_values, wanted_value
from rewardkit.verifiers.grounding.shapes import Numbers, Scale, image_size, rescaled

__all__ = ["COCO_SIGMAS", "keypoints", "similarity"]

COCO_SIGMAS = (
    0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089,
)  # fmt: skip
"""How far people who label mark each of COCO's 17 keypoints from one another, as a share of the object's scale."""
MAX_COORDINATE = 1e7
_MOST = 1000  # keypoints

Point = tuple[float, float]


class Wanted(NamedTuple):
    """The labelled keypoints of a reference by place or name, how many or which there are in all, and the object's area."""

    points: dict[Any, Point]
    keys: tuple[Any, ...]
    area: float


def _check_keypoints(*, threshold: float | None, sigma: float | None, **_: Any) -> None:
    if threshold is not None and not 0 < threshold <= 1:
        message = f"grounding.keypoints: threshold={threshold} cannot be used; wanted 0 < threshold <= 1, or None."
        raise BadParameter(message)
    if sigma is not None and not 0 < sigma < math.inf:
        message = f"grounding.keypoints: sigma={sigma} cannot be used; wanted a share of the object's scale above 0, or None."
        raise BadParameter(message)


@verifier("grounding.keypoints", requires=("answer",), validate=_check_keypoints, scores=(0.0, 1.0))
def keypoints(sample: Sample, *, threshold: float | None = None, sigma: float | None = None, scale: Scale = "pixels") -> Verdict:
    """How near the keypoints of one object in the final answer are to those of the reference: COCO's similarity (OKS).

    The mean over the labelled keypoints of exp(-d² / (2 · area · (2σ)²)). The reference is an object with `area` in pixels and
    `keypoints`: COCO's flat list x, y, v, a list of `[x, y]` or `[x, y, v]`, or an object of names; v = 0 or null is not
    labelled. The completion gives as many, in any of these forms and the same order, or under the same names; one that it leaves
    out is missed, and whether it says that one is visible is not looked at. None are `no_answer`, different ones are `ambiguous`,
    and another number or what is no number is a mismatch that says so.

    Source: the keypoint evaluation of COCO (https://cocodataset.org/#keypoints-eval).

    Args:
        sample: The sample. Its `answer` is one object as above, as JSON or a mapping; it is `gold_unparseable` without a labelled
            keypoint or an area above 0, and `out_of_scope` where it has another number than 17 keypoints and `sigma` is not set.
        threshold: Score 1 from this similarity on, else 0. None (the default) scores the similarity itself.
        sigma: How far a keypoint may be off as a share of the square root of the area, one for all. None (the default): COCO's
            for its 17 keypoints.
        scale: What the completion's numbers are: "pixels", "unit" (0-1) or "thousand" (0-1000); the last two need the column
            `image_size` (width, height, in pixels).

    Raises:
        BadParameter: When the verifier is built with a threshold or a sigma that cannot be used.
        MissingColumn: When the scale is not pixels and there is no column `image_size`.
    """
    size = image_size(sample, scale, "pixels", "grounding.keypoints")
    try:
        wanted = _wanted(wanted_value(sample.columns["answer"]))
        if size is None:
            raise Unreadable("image_size is no width and height in pixels")
    except Unreadable as cause:
        return Verdict.abstained("gold_unparseable", problem=str(cause)[:200])
    sigmas = COCO_SIGMAS if sigma is None else (sigma,) * len(wanted.keys)
    if len(sigmas) != len(wanted.keys):
        return Verdict.abstained("out_of_scope", problem=f"{len(wanted.keys)} keypoints; set sigma, as they are not COCO's 17")
    values, text, reason = offered_values(sample.text)
    if reason:
        return Verdict.scored(0.0, reason, extracted=text[:500])
    try:
        given = [_located(value, wanted.keys) for value in values]
    except Unreadable as cause:
        return Verdict.scored(0.0, "mismatch", extracted=text[:500], problem=str(cause)[:200])
    if any(one != given[0] for one in given):
        return Verdict.scored(0.0, "ambiguous", extracted=text[:500])
    found = {key: rescaled(point, scale, "pixels", size) for key, point in given[0].items()}
    value = similarity(found, wanted, sigmas)
    score = value if threshold is None else float(value >= threshold)
    return Verdict.scored(score, extracted=text[:500], oks=round(value, 4), labelled=len(wanted.points), given=len(found))


def similarity(found: dict[Any, Numbers], wanted: Wanted, sigmas: Sequence[float]) -> float:
    """COCO's similarity of keypoints: the mean over the labelled ones, where one that is not given is worth nothing."""
    parts = []
    for key, sigma in zip(wanted.keys, sigmas, strict=True):
        if key in wanted.points and key in found:
            (x, y), (u, v) = found[key], wanted.points[key]
            parts.append(math.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * wanted.area * (2 * sigma) ** 2)))
    return sum(parts) / len(wanted.points)


def _wanted(value: Any) -> Wanted:
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise Unreadable("the reference is no object with keypoints and area")
    entries = _entries(value.get("keypoints"), None, labelled=True)
    points = {key: point for key, point in entries.items() if point is not None}
    area = value.get("area")
    if not points:
        raise Unreadable("no keypoint of the reference is labelled")
    if isinstance(area, (bool, str)) or area is None or not 0 < area < math.inf:
        raise Unreadable(f"area={area!s:.20} is no area above 0, in pixels")
    return Wanted(points, tuple(entries), float(area))


def _located(value: Any, keys: Sequence[Any]) -> dict[Any, Point]:
    """The keypoints that a value of a completion gives, of those that are wanted."""
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict) and "keypoints" in value:
        value = value["keypoints"]
    entries = _entries(value, len(keys), labelled=False)
    if isinstance(value, dict) != isinstance(keys[0], str) or (not isinstance(value, dict) and len(entries) != len(keys)):
        raise Unreadable(f"{len(entries)} keypoints{' by name' * isinstance(value, dict)}; wanted {len(keys)}")
    return {key: point for key in keys if (point := entries.get(key)) is not None}


def _entries(value: Any, count: int | None, *, labelled: bool) -> dict[Any, Point | None]:
    """Keypoints by place or name; None for null, and for one that is not labelled where that is looked at."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise Unreadable("keypoints under keys that are no names")
        return {key: _point(one, labelled) for key, one in value.items()}
    if not isinstance(value, (list, tuple)) or not value:
        raise Unreadable("no keypoints")
    if not any(isinstance(part, (list, tuple, dict)) or part is None for part in value):
        # Flat: x, y, v of each, or x and y where a completion gives as many.
        step = 2 if count is not None and len(value) == 2 * count else 3
        if len(value) % step:
            raise Unreadable(f"{len(value)} numbers are no keypoints of {step} each")
        value = [value[at : at + step] for at in range(0, len(value), step)]
    if len(value) > _MOST:
        raise Unreadable(f"more than {_MOST} keypoints")
    return {place: _point(part, labelled) for place, part in enumerate(value)}


def _point(value: Any, labelled: bool) -> Point | None:
    if value is None:
        return None
    if not isinstance(value, (list, tuple)) or len(value) not in (2, 3):
        raise Unreadable(f"{value!s:.40} is no keypoint; wanted [x, y] or [x, y, v]")
    numbers = []
    for number in value:
        if isinstance(number, (bool, str)) or not hasattr(number, "__abs__") or not abs(number) <= MAX_COORDINATE:
            raise Unreadable(f"{number!s:.20} is no coordinate")
        numbers.append(float(number))
    return None if labelled and len(numbers) == 3 and numbers[2] <= 0 else (numbers[0], numbers[1])
