"""Beyond 2^31 of everything, on pages that exist only where they are touched; the emulator runs just the blocks that do so."""

from __future__ import annotations

import ctypes
import mmap
import sys

import numpy as np
import pytest
import truth
from batches import Batch
from emulate import scheduled

from rewardkit_cuda.library import Args

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="maps pages as Linux does")
NORESERVE = 0x4000
PAST = 2**31


class Sparse:
    """A tensor of zeros, larger than the memory may be."""

    def __init__(self, count, dtype):
        size = count * np.dtype(dtype).itemsize
        self.pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NORESERVE)
        self.array = np.frombuffer(self.pages, dtype=dtype)
        self.address = self.array.ctypes.data


@pytest.fixture
def dice():
    return np.random.default_rng(8)


def parts_around(library, total, piece=16_384):
    """The tokens of the first block, those on both sides of 2^31, and the last; the emulator is told to run just that block."""
    for item in (0, PAST // piece - 1, PAST // piece, (total - 1) // piece):
        block = item % 2**20  # a grid has no more
        scheduled(library, blocks=(block, block + 1))
        yield slice(item * piece, min((item + 1) * piece, total))


def bfloat16(values):
    bits = np.asarray(values, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


# Type of the mask, its bytes, type of the tokens, their bytes.
FORMS = {"byte, bfloat16": (1, np.uint8, 1, np.uint16), "int64, float32": (4, np.int64, 0, np.float32)}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("columns", "piece"), [(1_000_003, 16_384), (4096, 16_384), (1, 1024)])
def test_masked_tokens(emulated, dice, form, columns, piece):
    mask_type, mask_dtype, token_type, token_dtype = form
    rows = -(-PAST // columns) + 40_000 // min(columns, 40_000) + 1
    total = rows * columns
    mask, tokens = Sparse(total, mask_dtype), Sparse(total, token_dtype)
    advantages = Sparse(rows, np.float32)
    args = Args(ctypes.sizeof(Args), rows, columns=columns, total_tokens=total, mask=mask.address, tokens=tokens.address)
    args.mask_type, args.token_type, args.advantages = mask_type, token_type, advantages.address
    for part in parts_around(emulated.library, total, piece):
        row = np.arange(part.start, part.stop) // columns
        advantages.array[row[0] : row[-1] + 1] = dice.normal(size=row[-1] - row[0] + 1)
        mask.array[part] = dice.integers(0, 2, part.stop - part.start) << (7 if mask_type == 1 else 40)
        tokens.array[part] = 77
        emulated.library.spread_tokens(args)
        wanted = np.where(mask.array[part] != 0, advantages.array[row], np.float32(0))
        np.testing.assert_array_equal(tokens.array[part], bfloat16(wanted) if token_type else wanted)


def test_packed_tokens(emulated, dice):
    lengths = dice.integers(0, 3_000_000, 1500)
    ends = np.concatenate([[5], 5 + np.cumsum(lengths)]).astype(np.int64)
    total = int(ends[-1]) + 700
    assert total > PAST
    tokens = Sparse(total, np.uint16)
    advantages = dice.normal(size=len(lengths)).astype(np.float32)
    args = Args(ctypes.sizeof(Args), len(lengths), total_tokens=total, cu_seqlens=ends.ctypes.data, tokens=tokens.address)
    args.token_type, args.advantages = 1, advantages.ctypes.data
    padded = bfloat16(np.concatenate([[0], advantages, [0]]))
    for part in parts_around(emulated.library, total):
        tokens.array[part] = 77
        emulated.library.spread_tokens(args)
        row = np.searchsorted(ends, np.arange(part.start, part.stop), side="right")
        np.testing.assert_array_equal(tokens.array[part], padded[row])


@pytest.mark.parametrize(("rows", "functions"), [(PAST // 64 + 64, 64), (PAST + 64, 1)])
def test_rewards_and_rows(emulated, dice, rows, functions):
    """The last block of groups; where there are more groups than blocks it comes round to them again."""
    size, seen = 8, 64
    rewards, advantages = Sparse(rows * functions, np.float32), Sparse(rows, np.float32)
    flags = [Sparse(rows, np.uint8) for _ in range(2)]
    of_group = [Sparse(rows // size, dtype) for dtype in (np.float32, np.float32, np.uint8)]
    rewards.array[-seen * functions :] = dice.normal(size=seen * functions)
    args = Args(ctypes.sizeof(Args), rows, functions, size, rows // size, rewards=rewards.address, advantages=advantages.address)
    args.scored, args.kept = (flag.address for flag in flags)
    args.mean, args.deviation, args.degenerate = (each.address for each in of_group)
    args.eps, args.tol, args.clip, args.ddof = 1e-4, 1e-6, float("inf"), 1
    blocks = min(rows // size // 8, 2**20)
    last = (rows // size // 8 - 1) % blocks
    scheduled(emulated.library, blocks=(last, last + 1))
    emulated.library.group_advantages(args)
    batch = Batch(rewards.array[-seen * functions :].reshape(seen, functions), np.ones(functions, np.float32), size)
    want = truth.group_advantages(batch.rewards, batch.weights, batch.groups, "grpo")
    np.testing.assert_allclose(advantages.array[-seen:], want.advantages, rtol=1e-6)
    np.testing.assert_allclose(of_group[0].array[-seen // size :], want.mean, rtol=1e-6, atol=1e-9)
    assert flags[0].array[-seen:].all()
    assert flags[1].array[-seen:].all()
