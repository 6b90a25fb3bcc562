"""What the compiler and the disassembler say of each kernel, for every target: `python benchmarks/advantages/kernel_facts.py`.

Needs nvcc, no GPU. SASS needs cuobjdump, from the CUDA toolkit or from `pip install
nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm` (`--cuobjdump PATH` where they are in another environment).
Rows go to `data/kernel_build.csv`, and from there `tools/docs/generate.py` writes the table in docs/reference/kernels.md.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from rewardkit_cuda import build  # noqa: E402

CSV = ROOT / "benchmarks" / "data" / "kernel_build.csv"
KERNEL = re.compile(r"(finish_groups|begin_groups)|tokens_kernelINS_\d+(No|Byte|Float)MaskE([ft])E")
SPILLS = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
USED = re.compile(r"Used (\d+) registers")
SHARED = re.compile(r"(\d+) bytes smem")


@dataclass(frozen=True)
class Facts:
    """One kernel on one target. Accesses are instructions in its SASS; empty where there was no cuobjdump."""

    kernel: str
    target: str
    registers: int
    shared_bytes: int
    stack_bytes: int
    spill_bytes: int
    loads_16_bytes: str = ""
    stores_16_bytes: str = ""
    local_accesses: str = ""
    nvcc: str = ""
    commit: str = ""
    date: str = ""


def readable(mangled: str) -> str | None:
    """`tokens, byte mask, float32` for a mangled name; None for what is no kernel of ours."""
    found = KERNEL.search(mangled)
    if found is None:
        return None
    whole, mask, token = found.groups()
    masks = {"No": "packed", "Byte": "byte mask", "Float": "float32 mask"}
    return whole or f"tokens_kernel, {masks[mask]}, {'float32' if token == 'f' else 'bfloat16'}"


def compiled(nvcc: str, architecture: str, into: Path) -> list[Facts]:
    """Compile for one target, and read what ptxas says."""
    flags = [flag for flag in build.NVCC_FLAGS if flag not in ("-shared", "-cudart=static") and not flag.startswith("-Xcompiler")]
    source = build.SOURCES / "rewardkit_cuda.cu"
    command = [nvcc, *flags, "-cubin", f"-arch=sm_{architecture}", "-Xptxas=-v", str(source), "-o", str(into)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=build.TIMEOUT_S)
    if done.returncode:
        raise RuntimeError(f"sm_{architecture} does not compile:\n{done.stderr}")
    return list(_from_ptxas(done.stderr + done.stdout, f"sm_{architecture}"))


def _from_ptxas(text: str, target: str) -> Iterator[Facts]:
    for section in text.split("Compiling entry function '")[1:]:
        name = readable(section.partition("'")[0])
        spills, used, shared = SPILLS.search(section), USED.search(section), SHARED.search(section)
        if name is None or spills is None or used is None:
            raise RuntimeError(f"ptxas says something new: {section[:400]}")
        stack, stores, loads = map(int, spills.groups())
        yield Facts(name, target, int(used[1]), int(shared[1]) if shared else 0, stack, stores + loads)


def disassembled(cuobjdump: str, cubin: Path, facts: list[Facts]) -> list[Facts]:
    """The same with the widths of the accesses in SASS."""
    # It starts nvdisasm, which the packages put beside it.
    found = os.environ | {"PATH": f"{Path(cuobjdump).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [cuobjdump, "-sass", str(cubin)]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, env=found).stdout
    bodies = {readable(part.split(maxsplit=1)[0]): part for part in text.split("Function : ")[1:]}

    def counted(fact: Facts) -> Facts:
        body = bodies[fact.kernel]
        wide = {kind: len(re.findall(rf"\b{kind}\.E[\w.]*\.128", body)) for kind in ("LDG", "STG")}
        local = len(re.findall(r"\b(?:LDL|STL)\b", body))
        return replace(fact, loads_16_bytes=str(wide["LDG"]), stores_16_bytes=str(wide["STG"]), local_accesses=str(local))

    return [counted(fact) for fact in facts]


def nvcc_version(nvcc: str) -> str:
    """Such as 13.0.88; empty if it does not say."""
    found = re.search(r"release [\d.]+, V([\d.]+)", subprocess.check_output([nvcc, "--version"], text=True))
    return found[1] if found else ""


def kept(nvcc: str) -> dict[tuple[str, str], Facts]:
    """What is on file from this version of nvcc, by kernel and target."""
    with CSV.open(encoding="utf-8", newline="") as source:
        lines = [line for line in csv.DictReader(source) if line["nvcc"] == nvcc]
    numbers = ("registers", "shared_bytes", "stack_bytes", "spill_bytes")
    return {(line["kernel"], line["target"]): Facts(**line | {name: int(line[name]) for name in numbers}) for line in lines}


def find_cuobjdump() -> str | None:
    """On PATH, or in a package of this Python."""
    for folder in map(Path, sys.path):
        found = next(folder.glob("nvidia/*/bin/cuobjdump"), None) if folder.is_dir() else None
        if found:
            return str(found)
    return shutil.which("cuobjdump")


def main() -> None:
    from benchmarks.rows import commit

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cuobjdump", default=find_cuobjdump())
    options = parser.parse_args()
    nvcc = build.nvcc()
    if nvcc is None:
        sys.exit("nvcc was not found: set CUDA_HOME")
    stamp = {"nvcc": nvcc_version(nvcc), "commit": commit(), "date": datetime.date.today().isoformat()}
    facts: list[Facts] = []
    with tempfile.TemporaryDirectory() as folder:
        for architecture in build.architectures(nvcc):
            cubin = Path(folder) / f"sm_{architecture}.cubin"
            here = compiled(nvcc, architecture, cubin)
            facts += disassembled(options.cuobjdump, cubin, here) if options.cuobjdump else here
    with CSV.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, [field.name for field in fields(Facts)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(replace(fact, **stamp)) for fact in facts)
    print(f"{len(facts)} kernels and targets in {CSV.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
