from __future__ import annotations

import itertools
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.errors import BadParameter, MissingColumn
from rewardkit.registry import get
from rewardkit.testing import sample
from rewardkit.verifiers.grounding.masks import Mask, Unreadable, area, holds, mask_overlap, of_counts, of_polygons
from rewardkit.verifiers.grounding.points import most_pairs

HEIGHT, WIDTH = 5, 6
Pixels = frozenset[int]
pixels = st.frozensets(st.integers(0, HEIGHT * WIDTH - 1))


def mask_of(filled: Pixels) -> Mask:
    """A mask by going through its pixels, down the columns."""
    counts = [0]
    for place in range(HEIGHT * WIDTH):
        if (place in filled) != (len(counts) % 2 == 0):
            counts.append(0)
        counts[-1] += 1
    return of_counts([HEIGHT, WIDTH], counts)


@given(pixels, pixels)
@settings(max_examples=examples(200), deadline=None)
def test_overlap_agrees_with_counting_pixels(a: Pixels, b: Pixels) -> None:
    assert area(mask_of(a)) == len(a)
    assert mask_overlap(mask_of(a), mask_of(b)) == pytest.approx(len(a & b) / len(a | b) if a | b else 0.0)


@given(pixels)
@settings(max_examples=examples(50), deadline=None)
def test_a_mask_holds_its_pixels_and_no_others(filled: Pixels) -> None:
    found = {x * HEIGHT + y for x in range(WIDTH) for y in range(HEIGHT) if holds(mask_of(filled), x + 0.5, y + 0.5)}
    assert found == filled


@given(st.integers(0, WIDTH - 1), st.integers(1, WIDTH), st.integers(0, HEIGHT - 1), st.integers(1, HEIGHT))
@settings(max_examples=examples(100), deadline=None)
def test_a_rectangle_is_filled_whole(left: int, width: int, top: int, height: int) -> None:
    right, bottom = min(left + width, WIDTH), min(top + height, HEIGHT)
    filled = frozenset(x * HEIGHT + y for x, y in itertools.product(range(left, right), range(top, bottom)))
    corners = [left, top, right, top, right, bottom, left, bottom]
    for outline in (corners, [*corners[2:], *corners[:2]], [n for i in (6, 4, 2, 0) for n in corners[i : i + 2]]):
        assert of_polygons(HEIGHT, WIDTH, [outline]) == mask_of(filled)


@given(st.lists(st.integers(0, 3), max_size=6), st.text(alphabet=[chr(code) for code in range(40, 120)], max_size=12))
@settings(max_examples=examples(300), deadline=None)
def test_whatever_the_counts_a_mask_is_whole_or_refused(counts: list[int], text: str) -> None:
    for one in (counts, text):
        try:
            mask = of_counts([3, 4], one)
        except Unreadable:
            continue
        assert list(mask.ends) == sorted(set(mask.ends))
        assert len(mask.ends) % 2 == 0
        assert 0 <= area(mask) <= 12


def test_a_picture_of_a_trillion_pixels_takes_no_memory() -> None:
    huge = json.dumps({"size": [1_000_000, 1_000_000], "counts": [1, 999_999_999_999]})
    verifier = get("grounding.mask")
    one = sample(completion=huge, answer=huge)
    verifier.check(one)
    tracemalloc.start()
    try:
        assert verifier.check(one).score == 1
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["grounding.mask", "grounding.point"])
def test_a_polygon_without_the_size_of_its_picture_names_the_column(name: str) -> None:
    answer = {"segmentation": [[0, 0, 9, 0, 9, 9, 0, 9]]}
    with pytest.raises(MissingColumn, match="image_size"):
        get(name).check(sample(completion="(1, 2)", answer=answer))


@given(st.lists(st.lists(st.integers(0, 4), unique=True, max_size=4), max_size=5))
@settings(max_examples=examples(200), deadline=None)
def test_as_many_points_are_paired_as_can_be(near: list[list[int]]) -> None:
    def most(place: int, taken: frozenset[int]) -> int:
        if place == len(near):
            return 0
        return max([most(place + 1, taken), *(1 + most(place + 1, taken | {one}) for one in near[place] if one not in taken)])

    assert most_pairs(near) == most(0, frozenset())


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("grounding.mask", {"threshold": 0.0}),
        ("grounding.mask", {"scale": "percent"}),
        ("grounding.keypoints", {"threshold": 1.5}),
        ("grounding.keypoints", {"sigma": 0.0}),
        ("grounding.point", {"radius": -1.0}),
        ("graded.number", {"error": "absolute", "limit": 0.0}),
        ("graded.number", {"limit": 2.0}),
        ("text.cider", {"frequencies": "/no/such/file.json"}),
    ],
)
def test_unusable_parameters_raise_when_built(name: str, parameters: dict[str, object]) -> None:
    with pytest.raises(BadParameter):
        get(name, **parameters)
