"""What the compiler and the disassembler say of each kernel, for every target: `python benchmarks/advantages/kernel_facts.py`.

Needs nvcc, no GPU. SASS needs cuobjdump and nvdisasm, from the CUDA toolkit or from `pip install
nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm` (`--cuobjdump PATH` where they are in another environment).
Rows go to `data/kernel_build.csv`, and from there `tools/docs/generate.py` writes the table in docs/reference/kernels.md.
`--sources FOLDER --commit COMMIT` adds the rows of another state of the sources beside them.
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

from benchmarks.advantages import sass_sections  # noqa: E402
from benchmarks.rows import commit  # noqa: E402
from rewardkit_cuda import build  # noqa: E402

CSV = ROOT / "benchmarks" / "data" / "kernel_build.csv"
KERNEL = re.compile(r"(finish_groups|begin_groups)|tokens_kernelINS_\d+(No|Byte|Float|Int|Long)MaskE([ft])E")
MASKS = {"No": "packed", "Byte": "byte mask", "Float": "float32 mask", "Int": "int32 mask", "Long": "int64 mask"}
SPILLS = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
USED = re.compile(r"Used (\d+) registers")
SHARED = re.compile(r"(\d+) bytes smem")
# Of one multiprocessor: warps, and bytes of shared memory (CUDA C++ programming guide, table of compute capabilities).
MOST_WARPS = {"sm_80": 64, "sm_90": 64, "sm_100": 64, "sm_120": 48}
MOST_SHARED = {"sm_80": 164 << 10, "sm_90": 228 << 10, "sm_100": 228 << 10, "sm_120": 100 << 10}
WARPS, RESERVED_SHARED = 8, 1024  # of a block


@dataclass(frozen=True)
class Facts:
    """One kernel on one target. Accesses are instructions in its SASS; empty where there was no cuobjdump.

    `piece` and `rows` are a warp's instructions for 2,048 tokens of one row: storing them, and knowing their advantage.
    """

    kernel: str
    target: str
    registers: int
    shared_bytes: int
    stack_bytes: int
    spill_bytes: int
    warps: int
    loads_16_bytes: str = ""
    stores_16_bytes: str = ""
    local_accesses: str = ""
    piece: str = ""
    rows: str = ""
    nvcc: str = ""
    commit: str = ""
    date: str = ""


def readable(mangled: str) -> str | None:
    """`tokens_kernel, byte mask, float32` for a mangled name; None for what is no kernel of ours."""
    found = KERNEL.search(mangled)
    if found is None:
        return None
    whole, mask, token = found.groups()
    return whole or f"tokens_kernel, {MASKS[mask]}, {'float32' if token == 'f' else 'bfloat16'}"


def compiled(nvcc: str, architecture: str, into: Path, sources: Path = build.SOURCES) -> list[Facts]:
    """Compile for one target, and read what ptxas says."""
    flags = [flag for flag in build.NVCC_FLAGS if flag not in ("-shared", "-cudart=static") and not flag.startswith("-Xcompiler")]
    # Line numbers change no instruction, and tell afterwards what each is for.
    command = [nvcc, *flags, "-lineinfo", "-cubin", f"-arch=sm_{architecture}", "-Xptxas=-v"]
    command += [str(sources / "rewardkit_cuda.cu"), "-o", str(into)]
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
        registers, shared_bytes = int(used[1]), int(shared[1]) if shared else 0
        yield Facts(name, target, registers, shared_bytes, stack, stores + loads, warps(target, registers, shared_bytes))


def warps(target: str, registers: int, shared_bytes: int) -> int:
    """Warps that a multiprocessor holds at once: 65,536 registers, dealt to warps by 256, and its shared memory and warps."""
    by_registers = 65_536 // (-(-registers * 32 // 256) * 256) // WARPS
    by_shared = MOST_SHARED[target] // (shared_bytes + RESERVED_SHARED)
    return WARPS * min(by_registers, by_shared, MOST_WARPS[target] // WARPS)


def disassembled(cuobjdump: str, cubin: Path, facts: list[Facts]) -> list[Facts]:
    """The same with the widths of the accesses in SASS, and how many instructions a piece takes."""
    # It starts nvdisasm, which the packages put beside it.
    found = os.environ | {"PATH": f"{Path(cuobjdump).parent}{os.pathsep}{os.environ['PATH']}"}
    command = ["nvdisasm", "-gi", "-c", str(cubin)]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, env=found).stdout
    bodies = {readable(body.partition(":")[0]): body for body in re.split(r"\n\.text\.", text)[1:]}

    def counted(fact: Facts) -> Facts:
        body = bodies[fact.kernel]
        wide = {kind: len(re.findall(rf"\b{kind}\.E[\w.]*\.128", body)) for kind in ("LDG", "STG")}
        local = len(re.findall(r"\b(?:LDL|STL)\b", body))
        piece, rows = sass_sections.per_piece(body) if fact.kernel.startswith("tokens") else ("", "")
        accesses = {"loads_16_bytes": str(wide["LDG"]), "stores_16_bytes": str(wide["STG"]), "local_accesses": str(local)}
        return replace(fact, piece=piece, rows=rows, **accesses)

    return [counted(fact) for fact in facts]


def nvcc_version(nvcc: str) -> str:
    """Such as 13.0.88; empty if it does not say."""
    found = re.search(r"release [\d.]+, V([\d.]+)", subprocess.check_output([nvcc, "--version"], text=True))
    return found[1] if found else ""


def kept(nvcc: str) -> dict[tuple[str, str], Facts]:
    """What is on file from this version of nvcc, the newest by kernel and target."""
    return {(fact.kernel, fact.target): fact for fact in on_file() if fact.nvcc == nvcc}


def on_file() -> list[Facts]:
    """All rows that are kept; those of the sources as they are come last."""
    numbers = ("registers", "shared_bytes", "stack_bytes", "spill_bytes", "warps")
    with CSV.open(encoding="utf-8", newline="") as source:
        return [Facts(**line | {name: int(line[name]) for name in numbers}) for line in csv.DictReader(source)]


def find_cuobjdump() -> str | None:
    """On PATH, or in a package of this Python."""
    for folder in map(Path, sys.path):
        found = next(folder.glob("nvidia/*/bin/cuobjdump"), None) if folder.is_dir() else None
        if found:
            return str(found)
    return shutil.which("cuobjdump")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cuobjdump", default=find_cuobjdump())
    parser.add_argument("--sources", type=Path, default=build.SOURCES)
    parser.add_argument("--commit", default="", help="whose sources those are, if they are not as they are here")
    options = parser.parse_args()
    nvcc = build.nvcc()
    if nvcc is None:
        sys.exit("nvcc was not found: set CUDA_HOME")
    stamp = {"nvcc": nvcc_version(nvcc), "commit": options.commit or commit(), "date": datetime.date.today().isoformat()}
    facts: list[Facts] = []
    with tempfile.TemporaryDirectory() as folder:
        for architecture in build.architectures(nvcc):
            cubin = Path(folder) / f"sm_{architecture}.cubin"
            here = compiled(nvcc, architecture, cubin, options.sources)
            facts += disassembled(options.cuobjdump, cubin, here) if options.cuobjdump else here
    new = [replace(fact, **stamp) for fact in facts]
    # Of other states one is kept, to be beside this one.
    others = [fact for fact in on_file() if (fact.commit == BEFORE) != bool(options.commit)]
    rows = [*new, *others] if options.commit else [*others, *new]
    with CSV.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, [field.name for field in fields(Facts)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, rows))
    print(f"{len(facts)} kernels and targets in {CSV.relative_to(ROOT)}")


# The last state in which every warp summed its group again.
BEFORE = "76f23e8"

if __name__ == "__main__":
    main()
