"""Runs a library on tensors that touch pages which may not be touched: one access too far ends the process.

`python guard_pages.py LIBRARY`; the tests give it the kernels on the emulator, and the host build.
"""

from __future__ import annotations

import ctypes
import itertools
import mmap
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from rewardkit_cuda.library import Args, Library

PAGE = mmap.PAGESIZE
LIBC = ctypes.CDLL(None, use_errno=True)


class Guarded:
    """So many bytes, against the page behind them or the page before them."""

    def __init__(self, size: int, at_end: bool) -> None:
        pages = -(-size // PAGE)
        self.area = mmap.mmap(-1, (pages + 2) * PAGE)
        first = ctypes.addressof(ctypes.c_char.from_buffer(self.area))
        for page in (first, first + (pages + 1) * PAGE):
            if LIBC.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(PAGE), 0):
                raise OSError(ctypes.get_errno(), "mprotect")
        self.address = first + PAGE + (pages * PAGE - size if at_end else 0)
        self.size = size

    def read(self) -> bytes:
        return ctypes.string_at(self.address, self.size)

    def fill(self, data: bytes) -> None:
        ctypes.memmove(self.address, data, len(data))


def spread(library: Library, rows: int, tokens: int, mask_type: int, token_type: int, at_end: bool) -> None:
    """Ones everywhere, all of them written, and not a byte more: up to the next 16-byte boundary there is room to see it."""
    width, written = (1, 4, 4, 8)[mask_type - 1], (4, 2)[token_type]
    total = rows * tokens
    advantages = Guarded(rows * 4, at_end)
    advantages.fill(bytes((ctypes.c_float * rows)(*[1.0] * rows)))
    mask = Guarded(total * width, at_end)
    mask.fill(b"\x01" * total * width)
    size = total * written
    sink = Guarded(-(-size // 16) * 16, at_end)
    sink.fill(b"\xab" * sink.size)
    args = Args(struct_bytes=ctypes.sizeof(Args), batch=rows, columns=tokens, total_tokens=total)
    args.advantages, args.mask, args.mask_type = advantages.address, mask.address, mask_type
    args.tokens, args.token_type = sink.address, token_type
    library.spread_tokens(args)
    one = (b"\x00\x00\x80\x3f", b"\x80\x3f")[token_type]
    assert sink.read() == one * total + b"\xab" * (sink.size - size), (rows, tokens, mask_type, token_type, at_end)


def main() -> None:
    library = Library(Path(sys.argv[1]))
    lengths = (1, 4, 15, 16, 17, 511, 512, 513, 1000, 1024, 2056)
    for rows, tokens, mask_type, token_type, at_end in itertools.product((1, 2, 8), lengths, (1, 2, 4), (0, 1), (True, False)):
        spread(library, rows, tokens, mask_type, token_type, at_end)
    if len(sys.argv) > 2:  # shows that a page is guarded
        ctypes.string_at(Guarded(PAGE, True).address, PAGE + 1)


if __name__ == "__main__":
    main()
