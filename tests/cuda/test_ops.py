"""The operators as torch sees them: schema, fake, compile, errors; on the CPU through the host build."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from batches import ESTIMATORS, Batch, check, fixed, packed, uneven, with_mask

import rewardkit_cuda
from rewardkit_cuda import build, library


@pytest.fixture
def dice():
    return np.random.default_rng(3)


@pytest.fixture
def ops(host):
    import rewardkit_cuda.ops  # noqa: F401

    return torch.ops.rewardkit


def arguments(**changes):
    """A good call, with changes by name."""
    names = "rewards weights group_size order offsets estimator scale ddof eps tol clip "
    names += "token_mask cu_seqlens total_tokens token_dtype"
    batch = Batch(np.zeros((8, 2), np.float32), np.ones(2, np.float32), group_size=4)
    return tuple((dict(zip(names.split(), batch.arguments("grpo", "group"), strict=True)) | changes).values())


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_registered_operator_is_right(ops, dice, estimator):
    check(ops.group_advantages, with_mask(dice, fixed(dice, 5, 4, 2), 33), estimator, "batch", torch.bfloat16)
    check(ops.group_advantages, packed(dice, uneven(dice, 9, 5), 12), estimator, "group")


@pytest.mark.slow
def test_opcheck(ops, dice):
    batches = [fixed(dice, 3, 4), with_mask(dice, fixed(dice, 3, 4, 2), 9), packed(dice, uneven(dice, 5, 4), 7)]
    for batch in batches:
        for estimator, scale in (("grpo", "group"), ("gdpo", "batch"), ("rloo", "batch")):
            torch.library.opcheck(ops.group_advantages.default, batch.arguments(estimator, scale, torch.bfloat16))
    mask = torch.ones(4, 6, dtype=torch.bool)
    torch.library.opcheck(ops.spread_tokens.default, (torch.arange(4.0), mask, None, 0, torch.float32))
    torch.library.opcheck(ops.spread_tokens.default, (torch.arange(2.0), None, torch.tensor([0, 3, 5]), 5, torch.bfloat16))


@pytest.mark.parametrize("dynamic", [False, True])
def test_it_compiles_into_one_graph(ops, dice, dynamic):
    def loss(rewards, weights, mask, logps):
        got = ops.group_advantages(
            rewards, weights, 4, None, None, "grpo", "group", 1, 1e-4, 1e-6, None, mask, None, 0, torch.float32
        )
        return -(got[1] * logps).sum(), got[4]

    torch.compiler.reset()
    compiled = torch.compile(loss, fullgraph=True, dynamic=dynamic, backend="aot_eager")
    for groups in (2, 3):
        batch = with_mask(dice, fixed(dice, groups, 4, 2), 9)
        given = [torch.from_numpy(batch.rewards), torch.from_numpy(batch.weights), batch.mask, torch.randn(groups * 4, 9)]
        for ours, theirs in zip(compiled(*given), loss(*given), strict=True):
            assert torch.equal(ours, theirs)


def test_strides_are_taken_care_of(ops, dice):
    batch = with_mask(dice, fixed(dice, 4, 4, 3), 20)
    call = batch.arguments("gdpo", "group")
    strided = (call[0].t().contiguous().t(), *call[1:11], call[11].t().contiguous().t(), *call[12:])
    for ours, theirs in zip(ops.group_advantages(*strided), ops.group_advantages(*call), strict=True):
        assert torch.equal(ours, theirs)


def test_the_workspace_hides_behind_the_mean(ops, dice):
    got = ops.group_advantages(*fixed(dice, 5, 4).arguments("grpo", "batch"))
    assert got[2].shape == (5,)
    assert got[2].is_contiguous()
    assert got[2]._base is None
    assert len({x.untyped_storage().data_ptr() for x in got if x.numel()}) == 4


@pytest.mark.parametrize(("estimator", "scale"), [("grpo", "group"), ("grpo", "batch"), ("gdpo", "group")])
def test_nothing_is_allocated_but_what_is_returned(ops, dice, estimator, scale):
    for batch in (fixed(dice, 5, 4, 2), with_mask(dice, fixed(dice, 5, 4, 2), 33), packed(dice, uneven(dice, 9, 5), 12)):
        call = batch.arguments(estimator, scale)
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
            got = ops.group_advantages(*call)
        events = [event for event in profile.profiler.kineto_results.events() if event.name() == "[memory]"]
        taken = sorted(event.nbytes() for event in events if event.nbytes() > 0)
        assert taken == sorted(x.untyped_storage().nbytes() for x in got if x.untyped_storage().nbytes())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"estimator": "ppo"}, "estimator is ppo; it must be one of grpo"),
        ({"scale": "row"}, "scale is row"),
        ({"group_size": 3}, "8 rows are not a whole number of groups of 3"),
        ({"group_size": 0}, "either a group_size above 0 or offsets"),
        ({"group_size": -4}, "either a group_size above 0"),
        ({"rewards": torch.zeros(8)}, r"rewards has shape \(8,\); it must have 2 dimensions"),
        ({"rewards": torch.zeros(8, 2).double()}, r"rewards is torch\.float64; it must be torch\.float32"),
        ({"weights": torch.ones(3)}, "it must have 1 dimension and 2 rows"),
        ({"token_mask": torch.ones(7, 3, dtype=torch.bool)}, "token_mask has shape"),
        ({"token_mask": torch.ones(8, 3, dtype=torch.int64)}, "token_mask is torch.int64"),
        ({"token_mask": torch.ones(8, 3), "cu_seqlens": torch.arange(9), "total_tokens": 8}, "not both"),
        ({"total_tokens": 5}, "which need cu_seqlens"),
        ({"cu_seqlens": torch.arange(8), "total_tokens": 8}, "cu_seqlens has shape"),
        ({"token_dtype": torch.float16}, "token_dtype is torch.float16"),
        ({"order": torch.arange(8).int(), "offsets": torch.tensor([0, 8]), "group_size": 0}, "order is torch.int32"),
        ({"ddof": -1}, "must not be negative"),
        ({"eps": float("nan")}, "must not be negative or NaN"),
        ({"clip": -1.0}, "must not be negative"),
    ],
)
def test_what_is_wrong_is_said(ops, changes, words):
    with pytest.raises(ValueError, match=words):
        ops.group_advantages(*arguments(**changes))


def test_the_library_checks_as_well(host):
    args = library.Args(struct_bytes=8)
    with pytest.raises(ValueError, match="another size"):
        host.library.group_advantages(args)
    args.struct_bytes = ctypes.sizeof(library.Args)
    args.batch, args.functions, args.group_size, args.groups = 8, 1, 3, 2
    args.advantages = 16
    with pytest.raises(ValueError, match="whole number of groups"):
        host.library.group_advantages(args)
    args.total_tokens, args.columns, args.mask, args.mask_type, args.tokens = 16, 2, 16, 1, 20
    with pytest.raises(ValueError, match="16-byte boundary"):
        host.library.spread_tokens(args)
    args.tokens = None
    with pytest.raises(ValueError, match="null"):
        host.library.spread_tokens(args)


def test_the_structure_is_the_header_s():
    header = (build.SOURCES / "abi.h").read_text()
    body = re.search(r"struct RkArgs \{(.*?)\n\};", header, re.DOTALL)[1]
    names = re.findall(r"(\w+);", re.sub(r"//.*", "", body))
    assert names == [name for name, _ in library.Args._fields_]


def test_importing_it_loads_no_torch_and_says_what_is_missing():
    code = "import sys, rewardkit_cuda as r; print(r.available(), 'torch' in sys.modules, r.why_not())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert done.startswith(f"{rewardkit_cuda.available()} False")


UNUSABLE = [("nothing.so", "does not exist"), ("text.so", "does not load"), ("other.so", "version 7")]


@pytest.mark.parametrize(("name", "words"), UNUSABLE)
def test_a_library_that_cannot_be_used(tmp_path, monkeypatch, name, words):
    path = tmp_path / name
    if name == "text.so":
        path.write_text("no library")
    elif name == "other.so":
        compiler = next(recipe for recipe in build.recipes() if recipe.source.suffix == ".cpp").compiler
        if compiler is None:
            pytest.skip("no C++ compiler")
        source = tmp_path / "other.c"
        source.write_text("int rewardkit_version(void) { return 7; }")
        subprocess.run([compiler, "-x", "c", "-shared", "-fPIC", source, "-o", path], check=True)
    monkeypatch.setenv("REWARDKIT_CUDA_LIB", str(path))
    assert not rewardkit_cuda.available()
    assert words in rewardkit_cuda.why_not()
    assert "rewardkit_cuda.build" in rewardkit_cuda.why_not()
