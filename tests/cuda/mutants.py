"""Faults, each planted in a copy of the kernels' source, and whether the emulator's tests see it: `python tests/cuda/mutants.py`.

The first six are those that an earlier suite missed. `test_mutants.py` runs them all.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1])]

import emulate  # noqa: E402
import pytest  # noqa: E402
from patience import HANG_S  # noqa: E402

from rewardkit_cuda import build  # noqa: E402

# Each fault gets a process, since one that writes where it must not harms what runs after it; torch and pytest are loaded once.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["hypothesis.strategies", "pytest", "rewardkit_cuda.ops"])
PASSED, FAILED = 10, 11


@dataclass(frozen=True)
class Mutant:
    """A fault: what is written instead of what in which file, and which tests are to see it."""

    name: str
    file: str
    right: str
    wrong: str
    tests: str


MUTANTS = (
    Mutant(
        "tokens read advantages that another warp writes",
        "rows.cuh",
        "stage.advantages[row] = from_group(a, of, is_flat, stage.rewards[at + i]);",
        "stage.advantages[row] = is_flat ? 0.0f : a.advantages[stage.group_from + at + i];",
        "alignment",
    ),
    Mutant(
        "a piece's first token in 32 bits",
        "rows.cuh",
        "return (item - before) * piece;",
        "return static_cast<int>((item - before) * piece);",
        "masked_tokens",
    ),
    Mutant(
        "a piece's first byte of mask in 32 bits",
        "write_tokens.cuh",
        "static_cast<const uint8_t*>(a.mask) + base * Mask::kBytes;",
        "static_cast<const uint8_t*>(a.mask) + static_cast<int>(base * Mask::kBytes);",
        "masked_tokens",
    ),
    Mutant(
        "a row's first reward in 32 bits",
        "estimators.h",
        "a.rewards + row * a.functions;",
        "a.rewards + static_cast<int>(row * a.functions);",
        "rewards_and_rows",
    ),
    Mutant(
        "only the lowest bit of a byte counts",
        "write_tokens.cuh",
        "(0xffu << 8 * (t % 4))",
        "(0x01u << 8 * (t % 4))",
        "alignment",
    ),
    Mutant(
        "a block that waits for the batch works once",
        "kernels.cuh",
        "for (int item = blockIdx.x; item < plan.items; item += gridDim.x) {",
        "for (int item = blockIdx.x; item < plan.items; item += plan.items) {",
        "more_work_than_blocks",
    ),
    Mutant(
        "the row of a token in 32 bits",
        "rows.cuh",
        "return f / a.columns;",
        "return static_cast<int>(f) / a.columns;",
        "masked_tokens",
    ),
    Mutant(
        "where a piece is written in 32 bits",
        "write_tokens.cuh",
        "static_cast<Token*>(a.tokens) + base;",
        "static_cast<Token*>(a.tokens) + static_cast<int>(base);",
        "masked_tokens",
    ),
    Mutant(
        "a group's rewards are read before they are there",
        "rows.cuh",
        "reward(a, stage.group_from + i);\n  __syncthreads();",
        "reward(a, stage.group_from + i);",
        "alignment",
    ),
    Mutant(
        "tokens are written before the advantages are there",
        "rows.cuh",
        "stage_groups(warp, a, stage);\n  __syncthreads();",
        "stage_groups(warp, a, stage);",
        "alignment",
    ),
    Mutant(
        "the stage is used again before all have read it",
        "kernels.cuh",
        "    if (from > 0) __syncthreads();  // the stage is used again\n",
        "",
        "more_rows_in_a_piece",
    ),
    Mutant(
        "half of a block goes round a barrier",
        "kernels.cuh",
        "if (from > 0) __syncthreads();",
        "if (from > 0 && threadIdx.x < kThreads / 2) __syncthreads();",
        "more_rows_in_a_piece",
    ),
    Mutant(
        "a mask off its boundary is not shifted", "write_tokens.cuh", "before, after, 8 * off", "before, after, 0", "alignment"
    ),
    Mutant(
        "a vector that a row ends in is written whole",
        "write_tokens.cuh",
        "if (range.wide(f, kTokens) && f + kTokens <= end) {",
        "if (range.wide(f, kTokens)) {",
        "alignment",
    ),
    Mutant(
        "a word of an int64 mask is left out",
        "write_tokens.cuh",
        "(words[2 * t] | words[2 * t + 1]) != 0",
        "words[2 * t] != 0",
        "alignment",
    ),
    Mutant(
        "-0.0 marks a token", "write_tokens.cuh", "return (words[t] & 0x7fffffffu) != 0;", "return words[t] != 0;", "alignment"
    ),
    Mutant(
        "an infinite reward counts in the batch",
        "estimators.h",
        "} else if (has_infinite(of)) {",
        "} else if (false) {",
        "infinite",
    ),
    Mutant(
        "rows that no group has are not cleared",
        "rewardkit_cuda.cu",
        "if (filled == cudaSuccess) filled = cudaMemsetAsync",
        "if (false) filled = cudaMemsetAsync",
        "no_group",
    ),
    Mutant(
        "entries of order are not looked at",
        "estimators.h",
        "return row >= 0 && row < batch ? row : -1;",
        "return row;",
        "no_group",
    ),
)


def planted(mutant: Mutant, folder: Path) -> Path:
    """A library for the emulator with the fault in it.

    Raises:
        ValueError: the source no longer has the place where it goes.
    """
    sources = folder / "csrc"
    shutil.copytree(build.SOURCES, sources)
    text = (sources / mutant.file).read_text(encoding="utf-8")
    if text.count(mutant.right) != 1:
        raise ValueError(f"{mutant.file} has {mutant.right!r} {text.count(mutant.right)} times; a fault goes in one place")
    (sources / mutant.file).write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
    return compiled(sources, folder)


def compiled(sources: Path, folder: Path) -> Path:
    """A library for the emulator, soon made: a few tests are all that it has to run."""
    return emulate.compiled(sources, folder / "planted.so", "-O0")


def failing(library: Path, tests: str) -> tuple[bool, str]:
    """Whether some of the chosen tests fail with this library, and what pytest said. A crash or a hang fails as well.

    Raises:
        RuntimeError: they could not be run, which says nothing of the fault.
    """
    log = library.with_suffix(".log")
    process = PROCESSES.Process(target=run, args=(library, tests, log))
    process.start()
    process.join(HANG_S)
    hangs = process.exitcode is None
    process.kill()
    process.join()
    said = f"{log.read_text(encoding='utf-8') if log.exists() else ''}\nended with {process.exitcode}"
    if process.exitcode not in (PASSED, FAILED) and process.exitcode >= 0:
        raise RuntimeError(f"pytest was interrupted, broken or misused, or no test was chosen:\n{said}")
    return hangs or process.exitcode != PASSED, said


def run(library: Path, tests: str, log: Path) -> None:
    """The chosen tests in this process, which ends with pytest's status and 10: 1 is what Python ends with for itself."""
    with log.open("w", encoding="utf-8") as sink:
        for stream in (1, 2):
            os.dup2(sink.fileno(), stream)
    os.chdir(HERE.parents[1])
    os.environ |= {"REWARDKIT_EMULATED": str(library), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    files = [str(HERE / name) for name in ("test_emulated.py", "test_far.py")]
    sys.exit(10 + pytest.main(["-q", "-x", "-p", "no:cacheprovider", *files, "-k", tests]))


def main() -> int:
    missed = 0
    for mutant in MUTANTS:
        with tempfile.TemporaryDirectory() as folder:
            seen, _ = failing(planted(mutant, Path(folder)), mutant.tests)
        missed += not seen
        sys.stdout.write(f"{'caught' if seen else 'MISSED'}  {mutant.name}\n")
        sys.stdout.flush()
    return missed


if __name__ == "__main__":
    sys.exit(main())
