"""How far two boxes overlap, and how well a set of them pairs with the references."""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.verifiers.grounding.labels import Labels
from rewardkit.verifiers.grounding.shapes import Numbers, Shape, has_area

__all__ = ["overlap", "paired"]


def overlap(a: Numbers, b: Numbers, measure: str) -> float:
    """Intersection over union of two boxes, or the generalised one (arXiv 1902.09630)."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0.0) * max(height, 0.0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    # Boxes so small that their area underflows share nothing that can be measured.
    iou = shared / union if union > 0 else 0.0
    if measure == "iou":
        return iou
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    return iou - (hull - union) / hull if hull > 0 else iou


def paired(boxes: Sequence[Shape], references: Sequence[Shape], measure: str, labels: Labels) -> list[float]:
    """Overlaps of boxes and references paired one to one, best overlap first, and never across labels."""
    overlaps = [
        (overlap(box.numbers, reference.numbers, measure), i, j)
        for i, box in enumerate(boxes)
        if has_area(box.numbers)
        for j, reference in enumerate(references)
        if labels.agree(box.label, reference.label)
    ]
    overlaps.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    paired_boxes: set[int] = set()
    paired_references: set[int] = set()
    found = []
    for shared, i, j in overlaps:
        if i not in paired_boxes and j not in paired_references:
            paired_boxes.add(i)
            paired_references.add(j)
            found.append(shared)
    return found
