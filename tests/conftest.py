"""For all tests: Ctrl-C is tested also where a shell started the run with it ignored, and a hang ends the run."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import shutil
import signal
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import CodeType

import pytest
from patience import TEST_S, deep, examples, least_cpu_s

ROOT = Path(__file__).resolve().parent.parent
STDERR = pytest.StashKey[int]()
WOUND = pytest.StashKey[float]()  # when the clock was, that ends a run that hangs

# A handler, unlike "ignore", is not handed on to the processes that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# httpcore asks for it at each request; where it is not installed, each asking is a walk through every folder on the path.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

with contextlib.suppress(ModuleNotFoundError):  # beside vLLM it is not installed
    from hypothesis import HealthCheck, settings

    # Its own clocks are wall clocks. What fails in CI fails by a change and not by a draw: the deep run draws anew each time.
    settings.register_profile(
        "patient",
        deadline=None,
        max_examples=examples(100),
        derandomize=not deep(),
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[STDERR] = os.dup(sys.__stderr__.fileno() if sys.__stderr__ else 2)  # while nothing captures it yet


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that bound CPU time are `alone`: one beside them on the other core takes caches and clock from them."""
    for item in items:
        function = getattr(item, "function", None)
        if function is not None and _measures(function.__code__):
            item.add_marker(pytest.mark.alone)


def _measures(code: CodeType) -> bool:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return least_cpu_s.__name__ in code.co_names or any(map(_measures, inner))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A hang in a test, or in what is set up for it, is a failure, and the stack of every thread says where.

    The clock is wound once a minute and not for every test, since that starts a thread.
    """
    now = time.monotonic()
    if now - item.config.stash.get(WOUND, -TEST_S) > 60:
        faulthandler.dump_traceback_later(TEST_S, exit=True, file=item.config.stash[STDERR])
        item.config.stash[WOUND] = now


def pytest_unconfigure(config: pytest.Config) -> None:
    if WOUND in config.stash:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what packages are made of, without what was built in place."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("rewardkit", "rewardkit_cuda"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    return copy
