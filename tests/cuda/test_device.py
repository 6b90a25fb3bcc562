"""The operators on an NVIDIA GPU: the truth, the host build's bits, graphs, streams, compile. `make bench-gpu` runs this."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from batches import ESTIMATORS, MASKS, check, fixed, packed, uneven, with_mask

pytestmark = pytest.mark.cuda
SCALES = ("group", "batch", "none")


@pytest.fixture
def dice():
    return np.random.default_rng(4)


def poison():
    """What is allocated next, large or small, holds NaN where it is not written."""
    for count, size in ((1, 32 * 2**20), (16, 2**18), (64, 2**10), (64, 16)):
        kept = [torch.full((size,), float("nan"), device="cuda") for _ in range(count)]
        del kept


def same(device, host, batch, estimator, scale, token_dtype=torch.float32, **options):
    poison()
    got = check(device.group_advantages, batch, estimator, scale, token_dtype, "cuda", **options)
    bits_of_host(host, got, batch, estimator, scale, token_dtype, **options)


def bits_of_host(host, got, batch, estimator, scale, token_dtype=torch.float32, **options):
    want = host.group_advantages(*batch.arguments(estimator, scale, token_dtype, **options))
    for ours, theirs in zip(got, want, strict=True):
        assert torch.equal(ours.cpu(), theirs)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("functions", [1, 3])
def test_small(device, host, dice, estimator, scale, functions):
    for groups, size in ((1, 1), (9, 3), (33, 8), (5, 33), (40, 64), (2, 257)):
        same(device, host, fixed(dice, groups, size, functions), estimator, scale)
    same(device, host, uneven(dice, 200, 20, functions), estimator, scale)


@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("mask_dtype", MASKS)
@pytest.mark.parametrize("off", [0, 1])
def test_small_tokens(device, host, dice, mask_dtype, token_dtype, off):
    for tokens in (0, 1, 17, 512, 1000, 2048, 5001):
        batch = with_mask(dice, fixed(dice, 4, 4, 2), tokens, mask_dtype, off)
        for estimator in ("grpo", "gdpo"):
            same(device, host, batch, estimator, "group", token_dtype)


@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
def test_small_packed(device, host, dice, token_dtype):
    for longest in (1, 40, 3000):
        same(device, host, packed(dice, uneven(dice, 30, 9), longest, 5, 700), "rloo", "group", token_dtype)
        same(device, host, packed(dice, fixed(dice, 30, 4), longest), "reinforce_pp", "group", token_dtype)


@pytest.mark.parametrize("kind", ["binary", "equal", "huge", "tiny", "offset", "unscored"])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_small_awkward(device, host, dice, estimator, kind):
    same(device, host, fixed(dice, 50, 8, 1, kind), estimator, "batch")


def test_a_million_rows(device, host, dice):
    """The truth of so many is slow, and the host build is held against it elsewhere: here its bits are enough."""
    batch = fixed(dice, 15_625, 64)
    for estimator in ESTIMATORS:
        poison()
        got = device.group_advantages(*batch.arguments(estimator, "batch", device="cuda"))
        bits_of_host(host, got, batch, estimator, "batch")


@pytest.mark.parametrize("mask_dtype", [torch.bool, torch.int64])
def test_long_rows(device, host, dice, mask_dtype):
    for tokens in (4096, 4099):
        batch = with_mask(dice, fixed(dice, 320, 16), tokens, mask_dtype)
        poison()
        got = device.group_advantages(*batch.arguments("grpo", "group", torch.bfloat16, "cuda"))
        bits_of_host(host, got, batch, "grpo", "group", torch.bfloat16)


def test_offsets_that_do_not_cover_the_rows_write_nothing_elsewhere(device, dice):
    call = fixed(dice, 3, 4, 2, unscored=0.0).arguments("grpo", "group", device="cuda")
    order = torch.tensor([11, 3, 2**60, 1, 0, -1, 12, 5, 6, 7, 8, 9], device="cuda")
    poison()
    got = device.group_advantages(*call[:2], 0, order, torch.tensor([2, 6, 10], device="cuda"), *call[5:])
    assert got[5].nonzero().flatten().tolist() == [0, 1, 5, 6, 7]
    assert not got[0][~got[5]].any()


def test_more_than_two_to_the_31_tokens(device):
    rows, tokens = 262_144, 8_200
    if torch.cuda.mem_get_info()[0] < 10 * 2**30:
        pytest.skip("needs 10 GiB")
    mask = torch.ones(rows, tokens, dtype=torch.bool, device="cuda")
    mask[-1, -3:] = False
    advantages = torch.randn(rows, device="cuda")
    poison()
    got = device.spread_tokens(advantages, mask, None, 0, torch.bfloat16)
    for part in (slice(0, 64), slice(rows // 2, rows // 2 + 64), slice(rows - 64, rows)):
        assert torch.equal(got[part], (advantages[part, None] * mask[part]).bfloat16())


def test_every_run_gives_the_same_bits(device, dice):
    call = with_mask(dice, fixed(dice, 4096, 16, 3), 65).arguments("gdpo", "batch", device="cuda")
    first = device.group_advantages(*call)
    for _ in range(20):
        assert all(torch.equal(a, b) for a, b in zip(first, device.group_advantages(*call), strict=True))


def test_a_graph_replays_new_rewards(device, dice):
    batch, other = fixed(dice, 64, 16, 2), fixed(dice, 64, 16, 2)
    call = with_mask(dice, batch, 100).arguments("grpo", "batch", device="cuda")
    device.group_advantages(*call)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        got = device.group_advantages(*call)
    call[0].copy_(torch.from_numpy(other.rewards))
    graph.replay()
    assert all(torch.equal(a, b) for a, b in zip(got, device.group_advantages(*call), strict=True))


def test_the_caller_s_stream_is_used(device, dice):
    call = fixed(dice, 64, 16).arguments("grpo", "group", device="cuda")
    stream = torch.cuda.Stream()
    torch.cuda.synchronize()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(50_000_000)
        rewards = call[0] * 2
        got = device.group_advantages(rewards, *call[1:])[2]
    stream.synchronize()
    assert torch.equal(got, device.group_advantages(call[0] * 2, *call[1:])[2])


def test_tensors_of_two_devices_are_refused(device, dice):
    call = fixed(dice, 4, 4).arguments("grpo", "group", device="cuda")
    with pytest.raises(ValueError, match="weights is on cpu"):
        device.group_advantages(call[0], call[1].cpu(), *call[2:])


def test_it_compiles_into_one_graph(device, dice):
    call = with_mask(dice, fixed(dice, 8, 4), 64).arguments("grpo", "group", device="cuda")
    compiled = torch.compile(lambda rewards: device.group_advantages(rewards, *call[1:])[1] * 2, fullgraph=True)
    assert torch.equal(compiled(call[0]), device.group_advantages(*call)[1] * 2)
