"""Where something is in an image: boxes by overlap here, points, masks and keypoints in files of their own.

References and completions of boxes and points are read by one scanner, which knows the shapes models and datasets write:
`[x1, y1, x2, y2]`, `(x1,y1),(x2,y2)` with or without box tags, JSON such as `{"bbox_2d": […]}`, four bare numbers;
for points `(x, y)`, `[x, y]`, `{"point_2d": […]}`, `x="…" y="…"`, two bare numbers. Text is only ever searched, never run.
"""

from __future__ import annotations

from typing import Any, Literal

from rewardkit.errors import BadParameter
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.grounding.labels import Labels, normal
from rewardkit.verifiers.grounding.overlap import overlap, paired
from rewardkit.verifiers.grounding.precision import average_precision
from rewardkit.verifiers.grounding.shapes import (
    BARE_BOX,
    BOX,
    MAX_BOXES,
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

__all__ = ["ap", "box"]


def _check_box(*, measure: str, threshold: float | None, **_: Any) -> None:
    least = -1 if measure == "giou" else 0
    if threshold is not None and not least < threshold <= 1:
        message = f"grounding.box: threshold={threshold} cannot be used with {measure}; wanted {least} < threshold <= 1, or None."
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
    labels: Literal["match", "ignore"] = "match",
) -> Verdict:
    """How well a box in the final answer overlaps the reference box.

    A box without area, or whose second corner lies before its first, overlaps nothing: a mismatch in the
    completion, `gold_unparseable` in the reference. No box is `no_answer`; different boxes where one is asked for
    are `ambiguous`. A label is what stands beside a box in its JSON object, in `<ref>` tags or as a key before it; it counts
    where the references have labels.

    Sources: GIoU is arXiv 1902.09630; overlap as a reward follows Visual-RFT (arXiv 2503.01785).

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
        labels: "match" holds a box only against references of its label, case, articles and plurals aside; one without a
            label only where all references have the same. "ignore" looks at no label.

    Raises:
        BadParameter: When the verifier is built with a threshold that the measure cannot reach.
        MissingColumn: When scales differ and there is no column `image_size`.
    """
    to, size = answer_scale or scale, image_size(sample, scale, answer_scale or scale, "grounding.box")
    references = [
        Shape(corners(one.numbers, answer_order or order), one.label if labels == "match" else "")
        for one in read(as_text(sample.columns["answer"]), BOX, BARE_BOX)
    ]
    if not references or not all(has_area(one.numbers) for one in references) or size is None:
        return Verdict.abstained("gold_unparseable")
    found = offered(sample, BOX, BARE_BOX)
    if found.reason:
        return Verdict.scored(0.0, found.reason, extracted=found.text)
    boxes = [Shape(rescaled(corners(one.numbers, order), scale, to, size), one.label) for one in found.shapes]
    known = Labels(one.label for one in references)
    if match == "set":
        return _set_verdict(boxes, references, measure, threshold, known, found.text)
    if len({one.numbers for one in boxes}) > 1:
        return Verdict.scored(0.0, "ambiguous", extracted=found.text, boxes=len({one.numbers for one in boxes}))
    if not has_area(boxes[0].numbers):
        return Verdict.scored(0.0, extracted=found.text, problem="the box is inverted or has no area")
    agreeing = [one for one in references if all(known.agree(box.label, one.label) for box in boxes)]
    if not agreeing:
        return Verdict.scored(0.0, extracted=found.text, problem="no reference has the label of the box")
    best = max(overlap(boxes[0].numbers, one.numbers, measure) for one in agreeing)
    score = best if threshold is None else float(best >= threshold)
    return Verdict.scored(score, "mismatch" if score <= 0 else None, extracted=found.text, **{measure: round(best, 4)})


@verifier("grounding.ap", requires=("answer",))
def ap(
    sample: Sample,
    *,
    scale: Scale = "pixels",
    order: Order = "xyxy",
    answer_scale: Scale | None = None,
    answer_order: Order | None = None,
) -> Verdict:
    """Mean average precision over overlaps from 0.5 to 0.95 and over the labels of the references.

    Boxes count by the field `score` or `confidence` of their JSON object, highest first; those without one follow in the order
    they stand in. A hundred of a label count. As in COCO, a box behind the last right one costs nothing and neither does a label
    that no reference has: where a policy should not profit from boxes by the dozen, use `grounding.box` with `match="set"`.
    Labels are read as there. No box is `no_answer`. Source: the COCO evaluation (arXiv 1405.0312), without areas and crowds.

    Args:
        sample: The sample. Its `answer` is a box or several, as numbers, JSON or text.
        scale: What the completion's numbers are: "pixels", "unit" (0-1) or "thousand" (0-1000).
        order: "xyxy" (two corners), "xywh" (corner, width, height) or "yxyx".
        answer_scale: The reference's scale; by default the completion's. When only one of them is pixels, the
            column `image_size` (width, height, in pixels) is needed.
        answer_order: The reference's order; by default the completion's.

    Raises:
        MissingColumn: When scales differ and there is no column `image_size`.
    """
    to, size = answer_scale or scale, image_size(sample, scale, answer_scale or scale, "grounding.ap")
    references = [
        one._replace(numbers=corners(one.numbers, answer_order or order))
        for one in read(as_text(sample.columns["answer"]), BOX, BARE_BOX)
    ]
    if not references or not all(has_area(one.numbers) for one in references) or size is None:
        return Verdict.abstained("gold_unparseable")
    found = offered(sample, BOX, BARE_BOX)
    if found.reason and found.reason != "ambiguous":
        return Verdict.scored(0.0, found.reason, extracted=found.text)
    boxes = [one._replace(numbers=rescaled(corners(one.numbers, order), scale, to, size)) for one in found.shapes]
    ranked = sorted(boxes, key=lambda one: -1.0 if one.score is None else one.score, reverse=True)
    labels = Labels(one.label for one in references)
    classes = {normal(one.label): one.label for one in references}
    parts = {
        name: average_precision(
            [one for one in ranked if labels.agree(one.label, label)],
            [one for one in references if normal(one.label) == name],
        )
        for name, label in classes.items()
    }
    score = sum(parts.values()) / len(parts)
    return Verdict.scored(score, extracted=found.text, boxes=len(boxes), by_label={k: round(v, 4) for k, v in parts.items()})


def _set_verdict(
    boxes: list[Shape], references: list[Shape], measure: str, threshold: float | None, labels: Labels, text: str
) -> Verdict:
    if len(boxes) * len(references) > MAX_BOXES * 100:
        return Verdict.scored(0.0, "too_complex", extracted=text, boxes=len(boxes))
    least = 0 if threshold is None else threshold
    pairs = [shared for shared in paired(boxes, references, measure, labels) if shared >= least]
    score = 2 * (sum(pairs) if threshold is None else len(pairs)) / (len(boxes) + len(references))
    return Verdict.scored(score, extracted=text, boxes=len(boxes), references=len(references), pairs=len(pairs))
