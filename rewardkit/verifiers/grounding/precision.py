"""Average precision of boxes over thresholds of overlap, as COCO defines it, for one label of one image."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from rewardkit.verifiers.grounding.overlap import overlap
from rewardkit.verifiers.grounding.shapes import Shape, has_area

__all__ = ["average_precision"]

# COCO's own floats, made by adding steps: whether an overlap of 0.9 or a recall of 7/10 reaches its mark hangs on the last digit.
_THRESHOLDS = tuple(0.5 + step * ((0.95 - 0.5) / 9) for step in range(10))
_RECALLS = tuple(step * 0.01 for step in range(101))
_MOST = 100  # boxes that count, those of the highest confidence


def average_precision(boxes: Sequence[Shape], references: Sequence[Shape]) -> float:
    """The mean over thresholds of the precision at 101 recalls, each the best at that recall or beyond it; best boxes first."""
    overlaps = [
        [overlap(box.numbers, one.numbers, "iou") if has_area(box.numbers) else 0.0 for one in references]
        for box in boxes[:_MOST]
    ]
    return sum(_at(overlaps, len(references), threshold) for threshold in _THRESHOLDS) / len(_THRESHOLDS)


def _at(overlaps: Sequence[Sequence[float]], count: int, threshold: float) -> float:
    taken: set[int] = set()
    recalls: list[float] = []
    precisions: list[float] = []
    for rank, row in enumerate(overlaps, start=1):
        # Of equal overlaps the last reference is taken, as the reference implementation does.
        best = max(((shared, place) for place, shared in enumerate(row) if place not in taken), default=(0.0, -1))
        if best[0] >= threshold:
            taken.add(best[1])
        recalls.append(len(taken) / count)
        precisions.append(len(taken) / rank)
    for place in range(len(precisions) - 1, 0, -1):
        precisions[place - 1] = max(precisions[place - 1], precisions[place])
    places = [bisect_left(recalls, recall) for recall in _RECALLS]
    return sum(precisions[place] for place in places if place < len(precisions)) / len(_RECALLS)
