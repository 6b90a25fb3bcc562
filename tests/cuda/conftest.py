"""The libraries under test: the host build, the kernels on the emulator, and the real thing where there is a GPU."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

import rewardkit_cuda
from rewardkit_cuda import build, library

if importlib.util.find_spec("torch") is None:
    collect_ignore_glob = ["test_*.py"]

HERE = Path(__file__).parent


def bound(loaded):
    """The operators' own code on one library, for tensors of the CPU."""
    from rewardkit_cuda import ops

    return SimpleNamespace(
        group_advantages=functools.partial(ops.group_advantages, loaded),
        spread_tokens=functools.partial(ops.spread_tokens, loaded),
        library=loaded,
    )


@pytest.fixture(scope="session")
def host_library():
    recipe = next(recipe for recipe in build.recipes() if recipe.source.suffix == ".cpp")
    if recipe.compiler is None:
        pytest.skip("no C++ compiler")
    build.made(recipe, build.FOLDER / recipe.name)
    return bound(library.host())


@pytest.fixture
def host(host_library):
    return host_library


@pytest.fixture(scope="session")
def emulated(tmp_path_factory):
    """The CUDA library's own source, run by fibers on the CPU."""
    compiler = os.environ.get("CXX") or shutil.which("g++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    path = tmp_path_factory.mktemp("emulator") / "librewardkit_emulated.so"
    flags = ["-O1", "-std=c++17", "-ffp-contract=off", "-fPIC", "-shared", "-Wno-unknown-pragmas", "-Wall", "-Werror"]
    source = build.SOURCES / "rewardkit_cuda.cu"
    subprocess.run([compiler, *flags, "-I", HERE / "emulator/include", "-x", "c++", source, "-o", path], check=True, timeout=300)
    return bound(library.Library(path))


@pytest.fixture(scope="session")
def device():
    """The operators on the real thing."""
    import torch

    if not rewardkit_cuda.available():
        pytest.skip(rewardkit_cuda.why_not())
    if not torch.cuda.is_available():
        pytest.skip("this torch has no CUDA")
    from rewardkit_cuda import ops  # noqa: F401

    return torch.ops.rewardkit
