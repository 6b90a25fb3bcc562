"""The kernels themselves, thread by thread on the CPU: the same bits as the host build, in as many launches as are promised.

What a GPU adds to this is real concurrency and real memory; `test_device.py` runs there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from batches import ESTIMATORS, MASKS, Batch, check, fixed, packed, uneven, with_mask
from emulate import ORDERS, launches, scheduled
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import HANG_S, examples

import rewardkit_cuda
from rewardkit_cuda import ops

TOKENS = (torch.float32, torch.bfloat16)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def dice():
    return np.random.default_rng(1)


def same(emulated, host, batch, estimator, scale, token_dtype=torch.float32, **options):
    """Bits of the emulated kernels, whatever the order of their blocks, and of the host build; and the number of launches."""
    want = check(host.group_advantages, batch, estimator, scale, token_dtype, **options)
    for order in ORDERS:
        scheduled(emulated.library, order)
        before = launches(emulated.library)
        got = emulated.group_advantages(*batch.arguments(estimator, scale, token_dtype, **options))
        launched = launches(emulated.library) - before
        for ours, theirs in zip(got, want, strict=True):
            assert torch.equal(ours, theirs)
    return launched


def same_tokens(emulated, host, *arguments):
    """The writer alone, in every order."""
    want = host.spread_tokens(*arguments)
    for order in ORDERS:
        scheduled(emulated.library, order)
        assert torch.equal(emulated.spread_tokens(*arguments), want)
    return want


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("scale", ["group", "batch", "none"])
@pytest.mark.parametrize(("groups", "size"), [(1, 1), (9, 3), (5, 33), (2, 100)])
@pytest.mark.parametrize("functions", [1, 3])
def test_statistics(emulated, host, dice, estimator, scale, groups, size, functions):
    launched = same(emulated, host, fixed(dice, groups, size, functions), estimator, scale)
    waits = estimator in ("gdpo", "reinforce_pp") or (scale == "batch" and estimator != "maxrl")
    assert launched == (2 if waits else 1)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_uneven_groups(emulated, host, dice, estimator):
    batch = uneven(dice, 30, 40, 2)
    assert same(emulated, host, batch, estimator, "batch") <= 2
    assert same(emulated, host, with_mask(dice, batch, 40), estimator, "group") == 2


def test_more_blocks_than_leave_a_part(emulated, host, dice):
    assert same(emulated, host, fixed(dice, 1100, 2), "grpo", "batch") == 2


def test_more_work_than_blocks_that_wait_for_the_batch(emulated, host, dice):
    """The emulator has one multiprocessor, so four blocks stay for 12 times 256 rows, and for as many pieces and more."""
    assert same(emulated, host, fixed(dice, 30, 100), "gdpo", "batch") == 2
    assert same(emulated, host, with_mask(dice, fixed(dice, 10, 3), 700), "grpo", "batch") == 2


@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("mask_dtype", MASKS)
@pytest.mark.parametrize("tokens", [1, 3, 16, 31, 512, 1000, 1024, 1337])
@pytest.mark.parametrize("off", [0, 1])
def test_a_mask_of_any_width_and_alignment(emulated, host, dice, tokens, mask_dtype, token_dtype, off):
    batch = with_mask(dice, fixed(dice, 3, 3, unscored=0.0), tokens, mask_dtype, off)
    assert same(emulated, host, batch, "grpo", "group", token_dtype) == 1


@pytest.mark.parametrize("tokens", [1, 3])
@pytest.mark.parametrize(("groups", "size"), [(600, 2), (11, 100), (2, 512)])
def test_more_rows_in_a_piece_than_a_block_can_hold(emulated, host, dice, tokens, groups, size):
    batch = with_mask(dice, fixed(dice, groups, size), tokens, torch.uint8)
    assert same(emulated, host, batch, "grpo", "group", torch.bfloat16) == 1
    assert same(emulated, host, batch, "grpo", "batch") == 2


@pytest.mark.slow
@pytest.mark.parametrize("mask_dtype", [torch.bool, torch.float32, None])
@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
def test_long_rows_go_in_long_pieces(emulated, host, dice, mask_dtype, token_dtype):
    # From 16.8 M tokens on a piece is four tiles, which are loaded at once.
    rows, tokens = 3, 8192 * 2048 // 3 + 1234
    advantages = torch.from_numpy(dice.normal(size=rows).astype(np.float32))
    if mask_dtype is None:
        arguments = (None, torch.tensor([0, tokens - 700, 2 * tokens + 333, 3 * tokens]), 3 * tokens)
    else:
        arguments = ((torch.rand(rows, tokens) < 0.7).to(mask_dtype), None, 0)
    assert torch.equal(
        emulated.spread_tokens(advantages, *arguments, token_dtype), host.spread_tokens(advantages, *arguments, token_dtype)
    )


@pytest.mark.parametrize("estimator", ["grpo", "gdpo"])
@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("longest", "before", "after"), [(1, 0, 0), (40, 3, 5), (700, 0, 0), (1500, 600, 900)])
def test_packed(emulated, host, dice, estimator, token_dtype, longest, before, after):
    batch = packed(dice, fixed(dice, 10, 4, 2), longest, before, after)
    assert same(emulated, host, batch, estimator, "group", token_dtype) == (2 if estimator == "gdpo" else 1)


def test_packed_with_many_rows(emulated, host, dice):
    batch = packed(dice, fixed(dice, 3000, 2), 3)
    advantages, ends = torch.arange(6000.0), torch.from_numpy(batch.cu_seqlens)
    ours = same_tokens(emulated, host, advantages, None, ends, batch.total, torch.float32)
    assert torch.equal(ours, advantages.repeat_interleave(ends.diff()))


def test_a_group_too_large_to_read_again(emulated, host, dice):
    batch = with_mask(dice, fixed(dice, 2, 1100), 8)
    assert same(emulated, host, batch, "grpo", "group") == 2


@pytest.mark.parametrize(
    ("estimator", "scale"), [("grpo", "batch"), ("rloo", "batch"), ("reinforce_pp", "group"), ("gdpo", "group")]
)
def test_infinite_rewards(emulated, host, dice, estimator, scale):
    batch = fixed(dice, 40, 4, 2)
    batch.rewards[17, 0], batch.rewards[101] = np.inf, (np.inf, -np.inf)
    call = with_mask(dice, batch, 9).arguments(estimator, scale)
    want = host.group_advantages(*call)
    assert want[0].isfinite().all()
    for ours, theirs in zip(emulated.group_advantages(*call), want, strict=True):
        assert torch.equal(ours.nan_to_num(7.0), theirs.nan_to_num(7.0))


@pytest.mark.parametrize("groups", [{"group_size": 4}, {"offsets": np.zeros(1, np.int64)}])
@pytest.mark.parametrize("estimator", ["grpo", "gdpo"])
def test_tokens_of_nobody(emulated, host, estimator, groups):
    batch = Batch(np.zeros((0, 2), np.float32), np.ones(2, np.float32), cu_seqlens=np.array([2]), total=700, **groups)
    same(emulated, host, batch, estimator, "group")


@pytest.mark.parametrize(("estimator", "scale"), [("grpo", "group"), ("grpo", "batch"), ("gdpo", "group")])
def test_a_row_that_no_group_has_gets_nothing(emulated, host, dice, estimator, scale, monkeypatch):
    """On a GPU, where looking would mean waiting, offsets and order pass as they are."""
    monkeypatch.setattr(ops, "_covers", lambda *_: None)
    batch = fixed(dice, 3, 4, 2, unscored=0.0)
    order = torch.tensor([11, 3, 2**60, 1, 0, -1, 12, 5, 6, 7, 8, 9])
    offsets = torch.tensor([2, 6, 10])
    call = batch.arguments(estimator, scale)
    call = (*call[:2], 0, order, offsets, *call[5:])
    want = host.group_advantages(*call)
    nobody = torch.tensor([2, 3, 4, 8, 9, 10, 11])
    assert not want[0][nobody].any()
    assert not want[5][nobody].any()
    assert want[6].sum() == 5
    for ours, theirs in zip(emulated.group_advantages(*call), want, strict=True):
        assert torch.equal(ours, theirs)
    beyond = (*call[:3], None, torch.tensor([-(2**62), 5, 2**62]), *call[5:])
    assert emulated.group_advantages(*beyond)[5].all()


@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
def test_the_writer_alone(emulated, host, dice, token_dtype):
    advantages = torch.from_numpy(dice.normal(size=12).astype(np.float32))
    mask = with_mask(dice, fixed(dice, 3, 4), 777, torch.uint8, off=5).mask
    ours = same_tokens(emulated, host, advantages, mask, None, 0, token_dtype)
    assert torch.equal(ours, (advantages[:, None] * (mask != 0)).to(token_dtype))


@pytest.mark.parametrize("off", [0, 1])
@pytest.mark.parametrize("length", [1000, 1337, 4096])
@pytest.mark.parametrize("mask_dtype", MASKS)
def test_hardly_a_byte_is_moved_twice(emulated, monkeypatch, length, mask_dtype, off):
    """A token that shares 16 bytes with another row's costs its mask again; a byte mask off its boundary, two words a vector."""
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.advantages import kernel_traffic

    for token_dtype in (torch.float32, torch.bfloat16):
        read, written = kernel_traffic.asked_for(emulated.library, length, mask_dtype, token_dtype, off)
        assert written == 1.0
        bytes_off = off and mask_dtype.itemsize == 1
        assert 1.0 <= read <= (2.01 if bytes_off else 1.01)


@pytest.mark.parametrize("seed", range(8))
def test_ends_that_do_not_ascend_end_all_the_same(emulated, monkeypatch, seed):
    """On a GPU, where looking would mean waiting, they pass as they are: every token is then written, with something."""
    monkeypatch.setattr(ops, "_ascends", lambda *_: None)
    dice = np.random.default_rng(seed)
    rows, total = int(dice.integers(1, 1500)), int(dice.integers(1, 2000))
    ends = torch.from_numpy(dice.integers(-50, total + 50, rows + 1))
    ends[dice.integers(0, rows + 1)] = int(dice.choice([-(2**62), 2**62, 0]))
    advantages = torch.arange(1.0, rows + 1)
    got = emulated.spread_tokens(advantages, None, ends, total, torch.float32)
    assert ((got == got.round()) & (got >= 0) & (got <= rows)).all()
    rewards = torch.rand(rows, 1)
    call = (rewards, None, 1, None, None, "grpo", "group", 1, 1e-4, 1e-6, None, None, ends, total, torch.float32)
    assert not emulated.group_advantages(*call)[1].any()


def any_batch(dice):
    """Groups of any size in any order, or all of one; a mask of any type and alignment, packed tokens, or none."""
    functions = int(dice.integers(1, 4))
    if dice.random() < 0.5:
        batch = uneven(dice, int(dice.integers(0, 30)), int(dice.integers(1, 40)), functions)
    else:
        size = int(dice.choice([1, 2, 3, 8, 16, 33, 130]))
        batch = fixed(dice, int(dice.integers(0, 400 // size + 2)), size, functions)
    form = dice.random()
    if form < 0.6:
        longest = 12_000 // max(len(batch.rewards), 1) + 2
        mask = MASKS[dice.integers(0, len(MASKS))]
        return with_mask(dice, batch, int(dice.integers(0, longest)), mask, int(dice.integers(0, 17)))
    if form < 0.9:
        longest = int(dice.choice([0, 1, 5, 60, 400]))
        return packed(dice, batch, longest, int(dice.integers(0, 700)), int(dice.integers(0, 700)))
    return batch


@settings(max_examples=examples(60), deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_call(emulated_library, host_library, seed):
    dice = np.random.default_rng(seed)
    estimator, scale = dice.choice(ESTIMATORS), dice.choice(["group", "batch", "none"])
    call = any_batch(dice).arguments(estimator, scale, TOKENS[dice.integers(0, 2)])
    scheduled(emulated_library.library, int(dice.integers(0, 100)))
    ours = emulated_library.group_advantages(*call)
    for mine, theirs in zip(ours, host_library.group_advantages(*call), strict=True):
        assert torch.equal(mine, theirs)


def test_a_device_without_code_for_it_is_not_counted(emulated, monkeypatch):
    monkeypatch.setenv("REWARDKIT_CUDA_LIB", str(emulated.library.path))
    assert rewardkit_cuda.available()
    monkeypatch.setenv("EMULATED_MAJOR", "7")  # such as a V100 or a T4
    assert emulated.library.device_count() == 0
    assert "no CUDA device of compute capability 8.0 or more" in rewardkit_cuda.why_not()


def test_bfloat16_rounds_as_torch_does(emulated):
    bits = torch.from_numpy(np.random.default_rng(2).integers(-(2**31), 2**31, 4096).astype(np.int32)).view(torch.float32)
    mask = torch.ones(len(bits), 1, dtype=torch.bool)
    got = emulated.spread_tokens(bits, mask, None, 0, torch.bfloat16).flatten()
    assert torch.equal(got.nan_to_num(7.0), bits.bfloat16().nan_to_num(7.0))
    assert torch.equal(got.isnan(), bits.isnan())


@pytest.mark.skipif(sys.platform != "linux", reason="guards pages as Linux does")
@pytest.mark.parametrize("which", ["emulated", "host"])
def test_nothing_beyond_a_tensor_is_touched(which, request):
    command = [sys.executable, Path(__file__).with_name("guard_pages.py"), request.getfixturevalue(which).library.path]
    assert subprocess.run(command, timeout=HANG_S).returncode == 0
    assert subprocess.run([*command, "and too far"], timeout=HANG_S, capture_output=True).returncode < 0
