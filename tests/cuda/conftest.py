"""The libraries under test: the host build, the kernels on the emulator, and the real thing where there is a GPU."""

from __future__ import annotations

import functools
import importlib.util
import os
from pathlib import Path
from types import SimpleNamespace

import emulate
import pytest

import rewardkit_cuda
from rewardkit_cuda import build, library

if importlib.util.find_spec("torch") is None:
    collect_ignore_glob = ["test_*.py"]


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
def emulated_library(tmp_path_factory):
    """The CUDA library's own source, run by fibers on the CPU; or the library that mutants.py names."""
    if planted := os.environ.get("REWARDKIT_EMULATED"):
        return bound(library.Library(Path(planted)))
    if emulate.compiler() is None:
        pytest.skip("no C++ compiler")
    into = tmp_path_factory.mktemp("emulator") / "librewardkit_emulated.so"
    return bound(library.Library(emulate.compiled(build.SOURCES, into)))


@pytest.fixture
def emulated(emulated_library):
    """The emulator, with NaN in what is allocated until it is written."""
    import torch

    torch.set_deterministic_debug_mode("error")  # use_deterministic_algorithms would load the compiler first
    yield emulated_library
    torch.set_deterministic_debug_mode("default")
    emulate.scheduled(emulated_library.library)


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
