"""The operators as torch sees them: schema, fake, compile, errors; on the CPU through the host build."""

from __future__ import annotations

import ctypes
import io
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from batches import ESTIMATORS, Batch, check, fixed, packed, uneven, with_mask
from patience import HANG_S

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


def test_one_reward_a_row_and_no_weights_are_what_a_column_and_ones_are(ops, dice):
    call = with_mask(dice, fixed(dice, 4, 4), 20).arguments("grpo", "batch")
    for weights in (call[1], None):
        for ours, theirs in zip(
            ops.group_advantages(call[0][:, 0], weights, *call[2:]), ops.group_advantages(*call), strict=True
        ):
            assert torch.equal(ours, theirs)


def test_strides_are_taken_care_of(ops, dice):
    batch = with_mask(dice, fixed(dice, 4, 4, 3), 20)
    call = batch.arguments("gdpo", "group")
    strided = (call[0].t().contiguous().t(), *call[1:11], call[11].t().contiguous().t(), *call[12:])
    for ours, theirs in zip(ops.group_advantages(*strided), ops.group_advantages(*call), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize(("estimator", "scale"), [("grpo", "group"), ("grpo", "batch"), ("gdpo", "group")])
def test_each_result_is_a_storage_of_its_own(ops, dice, estimator, scale):
    """Saved or sent, a result takes no other bytes along."""
    for batch in (fixed(dice, 500, 4, 2), with_mask(dice, fixed(dice, 5, 4, 2), 33), packed(dice, uneven(dice, 9, 5), 12)):
        got = ops.group_advantages(*batch.arguments(estimator, scale))
        assert all(x.untyped_storage().nbytes() == x.numel() * x.element_size() for x in got)
        assert all(x._base is None for x in got)
    written = io.BytesIO()
    torch.save(ops.group_advantages(*fixed(dice, 6500, 16).arguments(estimator, "batch"))[2], written)
    assert len(written.getvalue()) < 2 * 6500 * 4


@pytest.mark.parametrize(("estimator", "scale"), [("grpo", "group"), ("grpo", "batch"), ("gdpo", "group")])
def test_nothing_is_allocated_but_what_is_returned_and_a_workspace(ops, dice, estimator, scale):
    for batch in (fixed(dice, 5, 4, 2), with_mask(dice, fixed(dice, 5, 4, 2), 33)):
        got, call = None, batch.arguments(estimator, scale)
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
            got = ops.group_advantages(*call)
        events = [event for event in profile.profiler.kineto_results.events() if event.name() == "[memory]"]
        taken = sorted(event.nbytes() for event in events if event.nbytes() > 0)
        waits = estimator == "gdpo" or scale == "batch"
        workspace = [8 * (128 * 5 + len(batch.rewards))] if waits else []
        assert taken == sorted(workspace + [x.untyped_storage().nbytes() for x in got if x.untyped_storage().nbytes()])
        # The workspace is given back.
        assert sorted(-event.nbytes() for event in events if event.nbytes() < 0) == workspace


@pytest.mark.parametrize("name", ["rewards", "weights", "token_mask"])
def test_what_wants_a_gradient_is_refused(ops, name):
    call = {"rewards": torch.rand(8, 2), "weights": torch.ones(2), "token_mask": torch.ones(8, 3)}
    call[name].requires_grad_()
    with pytest.raises(ValueError, match=rf"{name} requires a gradient, and advantages have none.*\.detach\(\)"):
        ops.group_advantages(*arguments(**call))
    with torch.no_grad():
        ops.group_advantages(*arguments(**call))
    advantages = torch.rand(8, requires_grad=True)
    with pytest.raises(ValueError, match="advantages requires a gradient"):
        ops.spread_tokens(advantages, call["token_mask"].detach(), None, 0, torch.float32)


ROWS = torch.arange(8)
WRONG_GROUPS = [
    ({"order": ROWS, "offsets": torch.tensor([0, 5])}, "offsets must ascend from 0 to the 8 rows"),
    ({"order": ROWS, "offsets": torch.tensor([1, 8])}, "offsets must ascend from 0"),
    ({"order": ROWS, "offsets": torch.tensor([0, 9])}, "offsets must ascend from 0"),
    ({"order": ROWS, "offsets": torch.tensor([0, 6, 3, 8])}, "offsets must ascend"),
    ({"order": None, "offsets": torch.tensor([0, 2**62, 8])}, "offsets must ascend"),
    ({"order": None, "offsets": torch.tensor([], dtype=torch.int64)}, "offsets must ascend"),
    ({"order": ROWS.flip(0) - 1, "offsets": torch.tensor([0, 8])}, "order must name each of the 8 rows once"),
    ({"order": ROWS + 1, "offsets": torch.tensor([0, 8])}, "order must name each"),
    ({"order": ROWS // 2, "offsets": torch.tensor([0, 8])}, "order must name each"),
    ({"order": ROWS * 2**60, "offsets": torch.tensor([0, 8])}, "order must name each"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG_GROUPS)
@pytest.mark.parametrize("scale", ["group", "batch"])
def test_groups_that_do_not_cover_the_rows_are_refused_where_looking_is_free(ops, changes, words, scale):
    with pytest.raises(ValueError, match=words):
        ops.group_advantages(*arguments(group_size=0, scale=scale, **changes))


@pytest.mark.parametrize("ends", [[0, 1, 2, 3, 4, 3, 6, 7, 8], [0, 1, 2, 3, 4, 5, 6, 7, 9], [-1, 1, 2, 3, 4, 5, 6, 7, 8]])
def test_ends_that_do_not_ascend_are_refused_where_looking_is_free(ops, ends):
    with pytest.raises(ValueError, match="cu_seqlens must ascend from 0 to at most the 8 packed tokens"):
        ops.group_advantages(*arguments(cu_seqlens=torch.tensor(ends), total_tokens=8))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"estimator": "ppo"}, "estimator is ppo; it must be one of grpo"),
        ({"scale": "row"}, "scale is row"),
        ({"group_size": 3}, "8 rows are not a whole number of groups of 3"),
        ({"group_size": 0}, "either a group_size above 0 or offsets"),
        ({"group_size": -4}, "either a group_size above 0"),
        ({"rewards": torch.zeros(8)}, r"weights has shape \(2,\); it must have 1 dimension and 1 rows"),
        ({"rewards": torch.zeros(8, 2, 1)}, r"rewards has shape \(8, 2, 1\); it must have 2 dimensions"),
        ({"rewards": torch.zeros(8, 2).double()}, r"rewards is torch\.float64; it must be torch\.float32"),
        ({"weights": torch.ones(3)}, "it must have 1 dimension and 2 rows"),
        ({"token_mask": torch.ones(7, 3, dtype=torch.bool)}, "token_mask has shape"),
        ({"token_mask": torch.ones(8, 3, dtype=torch.int16)}, "token_mask is torch.int16"),
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
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=HANG_S).stdout
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
