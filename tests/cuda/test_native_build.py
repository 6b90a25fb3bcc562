"""What is built where which compiler is, and that installing does it."""

from __future__ import annotations

import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from patience import TEST_S

from rewardkit_cuda import build

ROOT = Path(__file__).parents[2]
NVCC = build.nvcc()


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


# A compiler that writes what it was told into the file after -o.
FAKE = 'said="$*"; while [ "$1" != "-o" ]; do [ $# = 0 ] && exit 0; shift; done; echo "$said" > "$2"'


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with the compilers that a test gives it, and an empty folder to build into."""
    monkeypatch.setenv("CUDA_HOME", str(tmp_path / "cuda"))
    monkeypatch.setenv("CXX", str(script(tmp_path / "cxx", FAKE)))
    monkeypatch.delenv("REWARDKIT_CUDA", raising=False)
    (tmp_path / "into").mkdir()
    return tmp_path


def names(machine):
    return sorted(path.name for path in (machine / "into").iterdir())


def test_without_nvcc_the_host_library_is_built_and_it_is_said_what_is_used(machine):
    said = build.build(machine / "into")
    assert names(machine) == ["librewardkit_host.so"]
    assert "nvcc was not found; advantages are computed with torch" in said[0]


def test_with_nvcc_every_target_and_ptx_are_asked_for(machine):
    known = "\n".join(f"echo compute_{number}" for number in (*build.ARCHITECTURES, "75"))
    script(machine / "cuda/bin/nvcc", f'if [ "$1" = --list-gpu-arch ]; then {known}; exit; fi; {FAKE}')
    build.build(machine / "into")
    told = (machine / "into/librewardkit_cuda.so").read_text()
    for number in build.ARCHITECTURES:
        assert f"arch=compute_{number},code=sm_{number}" in told
    assert "code=compute_90" in told
    assert "fast" not in told
    assert "-fmad=false" in told


def test_an_older_nvcc_builds_what_it_knows(machine):
    script(machine / "cuda/bin/nvcc", f'if [ "$1" = --list-gpu-arch ]; then echo compute_80; echo compute_90; exit; fi; {FAKE}')
    build.build(machine / "into")
    told = (machine / "into/librewardkit_cuda.so").read_text()
    assert "sm_90" in told
    assert "sm_120" not in told


def test_a_failing_nvcc_is_said(machine):
    script(machine / "cuda/bin/nvcc", "echo no licence for this >&2; exit 3")
    said = build.build(machine / "into")
    assert "no licence for this" in said[0]
    assert names(machine) == ["librewardkit_host.so"]


@pytest.mark.parametrize("there", [False, True])
def test_one_makes_a_failure_an_error(machine, monkeypatch, there):
    if there:
        script(machine / "cuda/bin/nvcc", "exit 3")
    monkeypatch.setenv("REWARDKIT_CUDA", "1")
    with pytest.raises(build.BuildError, match="failed" if there else "nvcc was not found"):
        build.build(machine / "into")


def test_zero_builds_nothing_and_leaves_nothing(machine, monkeypatch):
    build.build(machine / "into")
    monkeypatch.setenv("REWARDKIT_CUDA", "0")
    assert not build.anything_to_build()
    said = build.build(machine / "into")
    assert names(machine) == []
    assert all("REWARDKIT_CUDA=0" in sentence for sentence in said)


def test_what_is_newer_than_its_sources_is_not_built_again(machine):
    build.build(machine / "into")
    (machine / "into/librewardkit_host.so").write_text("mine")
    assert "up to date" in build.build(machine / "into")[1]
    assert (machine / "into/librewardkit_host.so").read_text() == "mine"


def wheel(project, tmp_path, monkeypatch, **environment):
    """The wheel that a copy of the project gives."""
    build_meta = pytest.importorskip("setuptools.build_meta")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert build_meta is not None
    code = "import sys, setuptools.build_meta as b; print(getattr(b, sys.argv[1])(sys.argv[2]))"
    made = []
    for kind in ("build_wheel", "build_sdist"):
        command = [sys.executable, "-c", code, kind, str(tmp_path)]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=TEST_S)
        if done.returncode:
            return done.stderr + done.stdout, None
        made.append(tmp_path / done.stdout.splitlines()[-1])
    return done.stderr, made


@pytest.mark.slow
def test_a_wheel_holds_the_libraries_and_the_sources(project, tmp_path, machine, monkeypatch):
    _, (made, sdist) = wheel(project, tmp_path, monkeypatch)
    assert "-py3-none-" in made.name
    assert not made.name.endswith("any.whl")
    held = zipfile.ZipFile(made).namelist()
    assert {"rewardkit_cuda/librewardkit_host.so", "rewardkit_cuda/csrc/abi.h", "rewardkit_cuda/csrc/kernels.cuh"} <= set(held)
    assert "rewardkit_cuda/librewardkit_cuda.so" not in held
    listed = subprocess.run(["tar", "tzf", sdist], capture_output=True, text=True, check=True).stdout
    assert "rewardkit_cuda/csrc/rewardkit_cuda.cu" in listed
    assert ".so" not in listed


@pytest.mark.slow
def test_a_wheel_without_libraries_is_for_every_platform(project, tmp_path, machine, monkeypatch):
    _, (made, _) = wheel(project, tmp_path, monkeypatch, REWARDKIT_CUDA="0")
    assert made.name.endswith("-py3-none-any.whl")
    assert not [name for name in zipfile.ZipFile(made).namelist() if name.endswith(".so")]


@pytest.mark.slow
def test_a_failing_nvcc_stops_the_wheel_when_it_was_asked_for(project, tmp_path, machine, monkeypatch):
    script(machine / "cuda/bin/nvcc", "echo no licence for this >&2; exit 3")
    said, made = wheel(project, tmp_path, monkeypatch, REWARDKIT_CUDA="1")
    assert made is None
    assert "REWARDKIT_CUDA=1, but the CUDA library was not built" in said
    assert "no licence for this" in said


@pytest.mark.slow
@pytest.mark.skipif(NVCC is None, reason="no nvcc")
@pytest.mark.parametrize("architecture", build.architectures(NVCC) if NVCC else [])
def test_every_target_compiles_without_spills(architecture, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.advantages import kernel_facts

    facts = kernel_facts.compiled(NVCC, architecture, tmp_path / "cubin")
    assert len(facts) == 12
    assert [fact for fact in facts if fact.spill_bytes or fact.stack_bytes] == []
    # Four blocks of 256 threads on a multiprocessor, three where eight tokens' int64 mask are in registers.
    assert [fact.kernel for fact in facts if fact.warps < 32] == ["tokens_kernel, int64 mask, bfloat16"]
    assert min(fact.warps for fact in facts) >= 24
    assert max(fact.shared_bytes for fact in facts) <= 8448

    if tool := kernel_facts.find_cuobjdump():
        facts = kernel_facts.disassembled(tool, tmp_path / "cubin", facts)
    version = kernel_facts.nvcc_version(NVCC)
    on_file = kernel_facts.kept(version)
    for fact in facts if on_file else ():  # another nvcc gives other numbers
        then = replace(on_file[fact.kernel, fact.target], nvcc="", commit="", date="")
        if not fact.loads_16_bytes:
            then = replace(then, loads_16_bytes="", stores_16_bytes="", local_accesses="", piece="", rows="")
        assert fact == then, "run benchmarks/advantages/kernel_facts.py again"


@pytest.mark.slow
@pytest.mark.skipif(NVCC is None, reason="no nvcc")
def test_the_real_library_loads_with_or_without_a_driver(tmp_path, monkeypatch):
    """With code for one target and PTX: that the others compile is another test's to say."""
    from rewardkit_cuda.library import Library

    monkeypatch.setattr(build, "ARCHITECTURES", build.ARCHITECTURES[:1])
    monkeypatch.setenv("REWARDKIT_CUDA", "1")
    assert "built with" in build.build(tmp_path)[0]
    assert Library(tmp_path / "librewardkit_cuda.so").device_count() >= 0


@pytest.fixture
def facts(monkeypatch):
    """What is on file of the kernels as they are, and as they were when every warp summed its group again."""
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.advantages import kernel_facts

    rows = kernel_facts.on_file()
    before = [row for row in rows if row.commit == kernel_facts.BEFORE]
    return before, [row for row in rows if row.commit != kernel_facts.BEFORE]


def test_the_kept_facts_have_wide_accesses_and_no_local_memory(facts):
    for rows in facts:
        assert {row.target for row in rows} == {f"sm_{number}" for number in build.ARCHITECTURES}
    for row in facts[1]:
        assert row.spill_bytes == 0
        assert row.local_accesses == "0"
        if row.kernel.startswith("tokens"):
            assert int(row.stores_16_bytes) > 0
            # 4 or 8 tokens of a byte mask are 4 or 8 bytes.
            assert (int(row.loads_16_bytes) > 0) == ("float32 mask" in row.kernel or "int" in row.kernel)


def test_a_piece_takes_half_the_instructions_that_it_took(facts):
    before, now = ({(row.kernel, row.target): row for row in rows if row.piece} for rows in facts)
    assert len(before) == 24
    for key, then in before.items():
        assert now[key].warps >= then.warps
        assert 2 * (int(now[key].piece) + int(now[key].rows)) < int(then.piece) + int(then.rows), key


def test_warps_that_a_multiprocessor_holds(facts):
    from benchmarks.advantages import kernel_facts

    assert kernel_facts.warps("sm_90", 64, 8264) == 32
    assert kernel_facts.warps("sm_90", 65, 8264) == 24
    assert kernel_facts.warps("sm_90", 32, 40_000) == 40
    assert kernel_facts.warps("sm_120", 24, 0) == 48
