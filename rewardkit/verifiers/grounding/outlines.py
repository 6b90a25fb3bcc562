"""Masks in texts and in references: COCO's run lengths, or corners of polygons, in JSON or Python's spelling."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from numbers import Rational
from typing import Any

from rewardkit.answers.forms.structures import MAX_CHARACTERS, Unstructured, found_in, read_structure
from rewardkit.errors import MissingColumn
from rewardkit.extract import Method, extract, outside_think
from rewardkit.prose.stance import Stance, stance
from rewardkit.types import Sample
from rewardkit.verifiers.grounding.masks import Mask, TooLarge, Unreadable, of_counts, of_polygons
from rewardkit.verifiers.grounding.shapes import Numbers, Scale, as_text, picture_of, rescaled

__all__ = ["offered_masks", "offered_values", "reference_masks", "wanted_value"]

MOST = 100  # masks of one text or reference
KEPT = 32  # references, as a group of completions shares one
MAX_COORDINATE = 1e7

Side = tuple[int, int]


class NoSize(Unreadable):
    """Corners without the size of their picture."""


def offered_masks(text: str, size: Side, scale: Scale) -> tuple[list[Mask], str, str]:
    """The masks in the final answer, the text they stand in, and why they cannot be read: "", "no_answer" or a reason.

    `size` is the height and the width, in pixels, of the picture that corners lie in, and `scale` what these are in.
    Raises `Unreadable` for what should be a mask and is none.
    """
    values, where, reason = offered_values(text)
    masks: list[Mask] = []
    for value in values:
        masks += _masks(value, size, scale)
        if len(masks) > MOST:
            raise TooLarge(f"more than {MOST} masks")
    return masks, where[:500], reason or ("" if masks else "no_answer")


def offered_values(text: str) -> tuple[list[Any], str, str]:
    """The lists and mappings that the final answer states, the text they stand in, and why there are none."""
    final = extract(text, order=("answer_tag", "json", "boxed", "phrase"))
    if final.reason == "ambiguous":
        return [], " | ".join(final.alternatives), "ambiguous"
    values = _stated(final.text or "")
    where = final.text or ""
    if not values and final.method not in (Method.ANSWER_TAG, Method.BOXED):
        where = outside_think(text).strip()[-MAX_CHARACTERS:]
        values = _stated(where)
    return values, where, "" if values else "no_answer"


def _stated(text: str) -> list[Any]:
    """What a text states, and what it offers as well, as in "this or that"; a lone guess is nothing."""
    text = text[-MAX_CHARACTERS:]
    stated, hedged = [], []
    for one in found_in(text):
        how = stance(text, one.begin, one.end)
        if how is Stance.HEDGED:
            hedged.append(one.value)
        elif how.offers:
            stated.append(one.value)
    return stated + hedged if stated or len(hedged) > 1 else []


def wanted_value(answer: Any) -> Any:
    """A reference as lists and mappings. Raises `Unreadable` where it is none."""
    text = as_text(answer)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return read_structure(text)
    except Unstructured as cause:
        raise Unreadable(f"the reference is neither JSON nor a list of Python: {cause}") from None


def reference_masks(sample: Sample, name: str) -> list[Mask]:
    """The masks of a row's reference.

    Raises `Unreadable` where there is none, and `MissingColumn` for corners in a batch without the column `image_size`.
    """
    try:
        return _reference(as_text(sample.columns["answer"]), picture_of(sample))
    except NoSize:
        if "image_size" in sample.columns:
            raise
        raise MissingColumn("image_size", name, sample.columns) from None


@lru_cache(maxsize=KEPT)
def _reference(text: str, size: Side | None) -> list[Mask]:
    masks = []
    for mask in _masks(wanted_value(text), size, "pixels"):
        if not mask.ends:
            raise Unreadable("the mask of the reference holds no pixel")
        masks.append(mask)
        if len(masks) > MOST:
            raise TooLarge(f"more than {MOST} masks")
    if not masks:
        raise Unreadable("no mask in the reference")
    return masks


def _masks(value: Any, size: Side | None, scale: Scale) -> Iterator[Mask]:
    """The masks of a value: objects with counts, and lists of corners, wherever they stand in it."""
    if isinstance(value, dict) and "counts" in value:
        yield of_counts(value.get("size"), value["counts"])
    elif isinstance(value, dict):
        for part in value.values():
            yield from _masks(part, size, scale)
    elif isinstance(value, (list, tuple)):
        polygons = _polygons(value)
        if not polygons:
            for part in value:
                yield from _masks(part, size, scale)
        elif size is None:
            raise NoSize("polygons need the column image_size, width and height of their picture in pixels")
        else:
            height, width = size
            yield of_polygons(height, width, [_in_pixels(one, scale, (width, height)) for one in polygons])


def _polygons(value: Sequence[Any]) -> list[list[Any]]:
    """The polygons of one mask: `[x, y, …]`, `[[x, y], …]`, or a list of either; nothing for any other list."""
    if outline := _outline(value):
        return [outline]
    parts = [_outline(part) for part in value if isinstance(part, (list, tuple))]
    return [part for part in parts if part] if parts and all(parts) and len(parts) == len(value) else []


def _outline(value: Sequence[Any]) -> list[Any]:
    """The numbers of one polygon, at least three corners, or nothing."""
    if len(value) >= 6 and len(value) % 2 == 0 and all(map(_is_number, value)):
        return list(value)
    if len(value) >= 3 and all(
        isinstance(part, (list, tuple)) and len(part) == 2 and all(map(_is_number, part)) for part in value
    ):
        return [number for part in value for number in part]
    return []


def _is_number(value: Any) -> bool:
    # Exact ones stand in completions; those of references come from JSON.
    return isinstance(value, (int, float, Rational)) and not isinstance(value, bool)


def _in_pixels(polygon: Sequence[Any], scale: Scale, size: Sequence[float]) -> Numbers:
    if not all(abs(number) <= MAX_COORDINATE for number in polygon):  # NaN is none either
        raise Unreadable(f"a corner that is no number up to {MAX_COORDINATE:g}")
    return rescaled(tuple(map(float, polygon)), scale, "pixels", size)
