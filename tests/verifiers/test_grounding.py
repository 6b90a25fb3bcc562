from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from rewardkit.errors import BadParameter, MissingColumn
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.verifiers import grounding


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent / "cases" / "grounding.jsonl"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


def _cells(box: tuple[int, ...]) -> set[tuple[int, int]]:
    return set(itertools.product(range(box[0], box[2]), range(box[1], box[3])))


def _random_box(chance: random.Random) -> tuple[int, ...]:
    x, y = chance.randrange(8), chance.randrange(8)
    return (x, y, x + chance.randrange(1, 8), y + chance.randrange(1, 8))


def test_overlap_agrees_with_counting_pixels() -> None:
    chance = random.Random(0)
    for _ in range(300):
        a, b = _random_box(chance), _random_box(chance)
        shared, union = len(_cells(a) & _cells(b)), len(_cells(a) | _cells(b))
        hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
        one = sample(completion=str(list(a)), answer=list(b))
        iou = get("grounding.box", threshold=None).check(one).score
        giou = get("grounding.box", threshold=None, measure="giou").check(one).score
        assert iou == pytest.approx(shared / union)
        assert giou == pytest.approx(shared / union - (hull - union) / hull)


def test_overlap_does_not_depend_on_the_scale() -> None:
    one = sample(completion="[100, 200, 300, 500]", answer=[0.1, 0.25, 0.3, 0.5])
    unit = get("grounding.box", threshold=None, scale="thousand", answer_scale="unit").check(one)
    pixels = sample(completion="[100, 200, 300, 500]", answer=[64, 120, 192, 240], image_size=(640, 480))
    assert unit.score == pytest.approx(0.2 * 0.25 / 0.06)
    assert get("grounding.box", threshold=None, scale="thousand", answer_scale="pixels").check(pixels).score == pytest.approx(
        unit.score
    )


def test_conversion_without_a_size_names_the_column() -> None:
    with pytest.raises(MissingColumn, match="image_size"):
        grounding.box(sample(completion="[1, 2, 3, 4]", answer=[1, 2, 3, 4]), scale="thousand", answer_scale="pixels")


def test_set_of_many_boxes() -> None:
    boxes = [[10 * i, 0, 10 * i + 9, 9] for i in range(50)]
    verdict = get("grounding.box", match="set").check(sample(completion=str(boxes[::-1]), answer=boxes))
    assert verdict.score == 1
    assert verdict.info["pairs"] == 50


def test_too_many_boxes_are_too_complex() -> None:
    flood = str([[i, i, i + 5, i + 5] for i in range(2000)])
    for parameters in ({}, {"match": "set"}):
        verdict = get("grounding.box", **parameters).check(sample(completion=flood, answer=[1, 2, 3, 4]))
        assert (verdict.score, verdict.reason) == (0, "too_complex")


def test_arrays_as_reference() -> None:
    class Array:
        def tolist(self) -> list[float]:
            return [1.0, 2.0, 3.0, 4.0]

        def __str__(self) -> str:
            return "Array"

    assert get("grounding.box").check(sample(completion="[1, 2, 3, 4]", answer=Array())).score == 1


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("grounding.box", {"threshold": 0.0}),
        ("grounding.box", {"threshold": 1.5}),
        ("grounding.box", {"measure": "giou", "threshold": -1.0}),
        ("grounding.box", {"scale": "percent"}),
        ("grounding.point", {"radius": -1.0}),
    ],
)
def test_unusable_parameters_raise_when_built(name: str, parameters: dict[str, object]) -> None:
    with pytest.raises(BadParameter):
        get(name, **parameters)
