"""Pictures of a benchmark are found again after what a data set does to them, and others are not."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest

from rewardkit.data.pictures import Pictures, difference_hash
from rewardkit.errors import BadParameter

Image = pytest.importorskip("PIL.Image")


def drawn(seed: int) -> Any:
    """Some blocks of grey on grey."""
    draw = random.Random(seed)
    image = Image.new("RGB", (120, 90), (draw.randrange(256),) * 3)
    for _ in range(12):
        x, y, shade = draw.randrange(100), draw.randrange(70), draw.randrange(256)
        image.paste((shade, shade, shade), (x, y, x + draw.randrange(10, 60), y + draw.randrange(10, 60)))
    return image


def jpeg(image: Any) -> Any:
    sink = io.BytesIO()
    image.save(sink, "JPEG", quality=40)
    return Image.open(io.BytesIO(sink.getvalue()))


def test_scaled_compressed_and_toned_pictures_are_held_and_others_are_not() -> None:
    held = Pictures(drawn(seed) for seed in range(20))
    for seed in range(20):
        image = drawn(seed)
        assert held.holds(image)
        assert held.holds(image.resize((240, 180)))
        assert held.holds(jpeg(image))
        assert held.holds(image.point(lambda value: 20 + value * 0.8))
    assert not any(held.holds(drawn(seed)) for seed in range(100, 140))


def test_bits_stand_for_falling_light() -> None:
    falling, rising = Image.new("L", (9, 8)), Image.new("L", (9, 8))
    falling.putdata([200 - 20 * column for _ in range(8) for column in range(9)])
    rising.putdata([20 * column for _ in range(8) for column in range(9)])
    assert difference_hash(falling) == 2**64 - 1
    assert difference_hash(rising) == difference_hash(Image.new("L", (50, 50), 7)) == 0


def test_bits_apart_may_be_changed_and_have_bounds() -> None:
    image = drawn(0)
    darker = image.copy()
    darker.paste((0, 0, 0), (0, 0, 30, 45))
    off = (difference_hash(image) ^ difference_hash(darker)).bit_count()
    assert 0 < off < 32
    assert Pictures([image], apart=off).holds(darker)
    assert not Pictures([image], apart=off - 1).holds(darker)
    with pytest.raises(BadParameter, match="apart=32"):
        Pictures([], apart=32)
