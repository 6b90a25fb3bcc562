"""Metadata lives in pyproject.toml; this file builds the native libraries of rewardkit_cuda on the way.

What is built, with which compiler, and what REWARDKIT_CUDA=0 and =1 do is said in rewardkit_cuda/build.py. Torch is not needed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from setuptools import Command, Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build import build

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # a build backend does not see the project it builds

from rewardkit_cuda import build as native  # noqa: E402


class BuildNative(Command):
    """Put the libraries beside rewardkit_cuda's Python files, from where they are packed or, in an editable install, used."""

    user_options = []  # noqa: RUF012
    editable_mode = False

    def initialize_options(self) -> None:
        pass

    def finalize_options(self) -> None:
        pass

    def run(self) -> None:
        stale = Path(self.get_finalized_command("build_py").build_lib) / "rewardkit_cuda"
        for library in stale.glob("*.so"):
            library.unlink()
        try:
            said = native.build()
        except native.BuildError as error:
            sys.exit(f"REWARDKIT_CUDA=1, but the CUDA library was {error}")
        for sentence in said:
            print(f"rewardkit_cuda: {sentence}", file=sys.stderr)

    # What setuptools asks of a part of a build; the libraries are package data, so nothing is left to say here.
    def get_source_files(self) -> list[str]:
        return []

    def get_outputs(self) -> list[str]:
        return []

    def get_output_mapping(self) -> dict[str, str]:
        return {}


class Native(Distribution):
    """Goes to the folder for what depends on the platform when it holds a library."""

    def has_ext_modules(self) -> bool:
        return native.anything_to_build()


class Wheel(bdist_wheel):
    """One wheel for every Python 3: the libraries know nothing of Python's own ABI."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


build.sub_commands.insert(0, ("build_native", None))
setup(distclass=Native, cmdclass={"build_native": BuildNative, "bdist_wheel": Wheel})
