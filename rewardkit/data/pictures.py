"""Pictures that a benchmark holds as well, also scaled, compressed anew or toned, by a hash of where they grow lighter.

Source of the hash: the difference hash ("dHash"): grey, 9 by 8 pixels, a bit for each pixel that is lighter than its neighbour.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rewardkit.errors import BadParameter

__all__ = ["Pictures", "difference_hash"]

SIDE = 8
BITS = SIDE * SIDE


class Pictures:
    """The hashes of a benchmark's pictures, which are PIL images.

    A picture counts as held when its hash differs from one of them in at most `apart` of 64 bits (default 4). Cut, turned and
    mirrored pictures are not found, and plain areas, such as charts on white, make different pictures alike: look at what is
    found before it is thrown away. Raises `BadParameter` for a number of bits that cannot be.
    """

    def __init__(self, images: Iterable[Any], *, apart: int = 4) -> None:
        if not 0 <= apart < BITS // 2:
            message = f"apart={apart!r} cannot be used; wanted a number of bits from 0 to {BITS // 2 - 1}"
            raise BadParameter(message)
        self.apart = apart
        self._hashes = {difference_hash(image) for image in images}

    def holds(self, image: Any) -> bool:
        """Whether the benchmark has this picture."""
        own = difference_hash(image)
        return own in self._hashes or any((own ^ other).bit_count() <= self.apart for other in self._hashes)


def difference_hash(image: Any) -> int:
    """64 bits of a PIL image, row by row: whether each of 8 by 8 places is lighter than the one to its right."""
    small = image.convert("L").resize((SIDE + 1, SIDE))
    pixels = small.tobytes()
    bits = 0
    for row in range(SIDE):
        for column in range(SIDE):
            at = row * (SIDE + 1) + column
            bits = bits << 1 | (pixels[at] > pixels[at + 1])
    return bits
