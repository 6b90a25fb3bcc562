"""Which pixels something covers: a mask in the final answer against the mask of the reference."""

from __future__ import annotations

from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.grounding.masks import TooLarge, Unreadable, mask_overlap
from rewardkit.verifiers.grounding.outlines import offered_masks, reference_masks
from rewardkit.verifiers.grounding.shapes import Scale

__all__ = ["mask"]


def _check_mask(*, threshold: float | None, **_: Any) -> None:
    if threshold is not None and not 0 < threshold <= 1:
        message = f"grounding.mask: threshold={threshold} cannot be used; wanted 0 < threshold <= 1, or None."
        raise BadParameter(message)


@verifier("grounding.mask", requires=("answer",), validate=_check_mask, scores=(0.0, 1.0))
def mask(sample: Sample, *, threshold: float | None = None, scale: Scale = "pixels") -> Verdict:
    """How well a mask in the final answer overlaps the mask of the reference: intersection over union of pixels.

    A mask is COCO's run lengths, `{"size": [height, width], "counts": …}` with a list or COCO's text, or the corners of a
    polygon, `[x, y, …]` or `[[x, y], …]`, also several polygons as one mask, filled as COCO fills them. Any of several
    references, objects in a list, will do. No mask is `no_answer`, different ones are `ambiguous`. One of another size, one whose
    runs do not fill its picture and one whose corners are no numbers is a mismatch that says so; in a reference it is
    `gold_unparseable`, as is a mask of no pixels. Past 200,000 runs a completion is `too_complex`.

    Source: the mask API of COCO (arXiv 1405.0312).

    Args:
        sample: The sample. Its `answer` is a mask or several, as JSON or lists; polygons need the column `image_size` (width,
            height, in pixels).
        threshold: Score 1 from this overlap on, else 0. None (the default) scores the overlap itself.
        scale: What corners in the completion are in: "pixels", "unit" (0-1) or "thousand" (0-1000).

    Raises:
        BadParameter: When the verifier is built with a threshold that cannot be reached.
        MissingColumn: When a reference is a polygon and there is no column `image_size`.
    """
    try:
        wanted = reference_masks(sample, "grounding.mask")
    except Unreadable as cause:
        return Verdict.abstained("gold_unparseable", problem=str(cause)[:200])
    size = wanted[0].height, wanted[0].width
    try:
        found, text, reason = offered_masks(sample.text, size, scale)
    except Unreadable as cause:
        return Verdict.scored(0.0, "too_complex" if isinstance(cause, TooLarge) else "mismatch", problem=str(cause)[:200])
    if not reason and len(set(found)) > 1:
        reason = "ambiguous"
    if reason:
        return Verdict.scored(0.0, reason, extracted=text)
    fitting = [one for one in wanted if (one.height, one.width) == (found[0].height, found[0].width)]
    if not fitting:
        problem = f"a mask of {found[0].height} x {found[0].width} pixels; wanted {size[0]} x {size[1]}"
        return Verdict.scored(0.0, "mismatch", extracted=text, problem=problem)
    best = max(mask_overlap(found[0], one) for one in fitting)
    score = best if threshold is None else float(best >= threshold)
    return Verdict.scored(score, extracted=text, iou=round(best, 4))
