"""Builds the native libraries from `csrc` into a folder: `python -m rewardkit_cuda.build` puts them beside this file.

Neither needs torch or Python's headers. `CUDA_HOME` says where nvcc is (else PATH, then /usr/local/cuda), `CXX` which C++
compiler to use. `REWARDKIT_CUDA=1` makes a missing or failing nvcc an error, `=0` builds nothing and takes away what was built.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BuildError", "Recipe", "anything_to_build", "build", "made", "recipes"]

FOLDER = Path(__file__).parent
SOURCES = FOLDER / "csrc"
# One for each generation; `code=compute_90` is PTX, from which a driver makes code for a device that is not listed.
ARCHITECTURES = ("80", "90", "100", "120")
PTX = "90"
# No fused multiply-add: the device then gives the bits that the host gives, and waits for memory all the same.
NVCC_FLAGS = ("-O3", "-std=c++17", "-fmad=false", "-cudart=static", "-shared", "-Xcompiler=-fPIC,-fvisibility=hidden")
CXX_FLAGS = ("-O3", "-std=c++17", "-ffp-contract=off", "-shared", "-fPIC")
TIMEOUT_S = 900


class BuildError(RuntimeError):
    """A compiler is missing though it was asked for, or it failed; the text has what it said."""


@dataclass(frozen=True)
class Recipe:
    """How one library is made."""

    name: str
    compiler: str | None
    source: Path
    flags: tuple[str, ...]
    instead: str

    def command(self, into: Path) -> list[str]:
        """What is run to make the library in `into`."""
        return [*shlex.split(self.compiler or ""), *self.flags, str(self.source), "-o", str(into)]


def nvcc() -> str | None:
    """The path of nvcc: in CUDA_HOME where that is set, else on PATH, else in /usr/local/cuda."""
    if home := os.environ.get("CUDA_HOME"):
        return shutil.which("nvcc", path=os.path.join(home, "bin"))
    return shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")


def architectures(compiler: str) -> list[str]:
    """Those of ours that this nvcc knows."""
    try:
        known = subprocess.run([compiler, "--list-gpu-arch"], capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return list(ARCHITECTURES)
    return [number for number in ARCHITECTURES if f"compute_{number}" in known.split()]


def gencode(compiler: str) -> Iterator[str]:
    """The flags that name the targets."""
    for number in architectures(compiler):
        yield f"-gencode=arch=compute_{number},code=sm_{number}"
    yield f"-gencode=arch=compute_{PTX},code=compute_{PTX}"


def recipes() -> list[Recipe]:
    """Both libraries, with a compiler where there is one."""
    cuda, cxx = nvcc(), os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    flags = (*NVCC_FLAGS, "--threads=0", *gencode(cuda)) if cuda else NVCC_FLAGS
    return [
        Recipe("librewardkit_cuda.so", cuda, SOURCES / "rewardkit_cuda.cu", flags, "advantages are computed with torch"),
        Recipe("librewardkit_host.so", cxx, SOURCES / "host.cpp", CXX_FLAGS, "the operators have no CPU implementation"),
    ]


def anything_to_build() -> bool:
    """Whether `build` would try to make a library here."""
    return os.environ.get("REWARDKIT_CUDA") != "0" and any(recipe.compiler for recipe in recipes())


def build(into: Path = FOLDER) -> list[str]:
    """Make what is missing or older than its sources, and say in a sentence each what became of it.

    Raises:
        BuildError: REWARDKIT_CUDA=1, and the CUDA library could not be built.
    """
    wish = os.environ.get("REWARDKIT_CUDA", "")
    said = []
    for recipe in recipes():
        path = into / recipe.name
        if wish == "0":
            path.unlink(missing_ok=True)
            said.append(f"{recipe.name}: left out, because REWARDKIT_CUDA=0; {recipe.instead}.")
            continue
        try:
            said.append(f"{recipe.name}: {made(recipe, path)}.")
        except BuildError as error:
            if wish == "1" and recipe.source.suffix == ".cu":
                raise
            said.append(f"{recipe.name}: {error}; {recipe.instead}.")
    return said


def made(recipe: Recipe, path: Path) -> str:
    """Make one library if it is missing or older than its sources, and say which.

    Raises:
        BuildError: there is no compiler, or it failed.
    """
    newest = max(file.stat().st_mtime for file in [*SOURCES.iterdir(), Path(__file__)])
    if path.is_file() and path.stat().st_mtime >= newest:
        return "up to date"
    path.unlink(missing_ok=True)
    if recipe.compiler is None:
        wanted = "nvcc" if recipe.source.suffix == ".cu" else "a C++ compiler"
        raise BuildError(f"not built, because {wanted} was not found")
    # Beside its place and moved there whole, so that nobody loads half a library.
    half = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        done = subprocess.run(recipe.command(half), capture_output=True, text=True, timeout=TIMEOUT_S)
        if done.returncode:
            raise BuildError(f"not built, because {recipe.compiler} failed:\n{(done.stderr or done.stdout)[-4000:]}")
        half.replace(path)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"not built, because {recipe.compiler} could not be run: {error}") from error
    finally:
        half.unlink(missing_ok=True)
    return f"built with {recipe.compiler}"


if __name__ == "__main__":
    try:
        sys.stdout.write("\n".join(build()) + "\n")
    except BuildError as failure:
        sys.exit(f"rewardkit_cuda: the CUDA library was {failure}")
