"""Check and measure the advantages' kernels on an NVIDIA GPU: `make bench-gpu`, or this file with python3.

In this order: the library is built in place; tests/cuda/test_device.py and test_reference.py run; compute-sanitizer (memcheck,
racecheck) where it is installed; the bandwidth of a copy; the table; and PASS or FAIL for each line that is promised. Rows go to
benchmarks/data/advantages_gpu.csv, size by size. It needs what a GPU machine has: torch with CUDA, numpy, pytest, nvcc.

`--device cpu` walks the same path on small sizes, for a machine without a GPU, and keeps no rows.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import functools
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

try:
    import torch
except ImportError:
    sys.exit(f"{sys.executable} has no torch. Name the Python that has it: make bench-gpu PYTHON=/path/to/python")
from advantage_forms import FORMS, Inputs, trl  # noqa: E402
from device_timing import Times, copy_bandwidth, measure  # noqa: E402

import rewardkit_cuda  # noqa: E402
from rewardkit_cuda import build  # noqa: E402

CSV = ROOT / "benchmarks" / "data" / "advantages_gpu.csv"
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
PLAN = "\n\n".join((__doc__ or "").split("\n\n")[1:]).strip()
SLOW_LOOP = 1024  # rows up to which verl's loop is waited for; it takes some 20 µs a row
BIG, SMALL = (16_384, 16, 4_096), (8_192, 16, 0)


@dataclass(frozen=True)
class Row:
    """One form at one size. `gb_s` counts the fewest bytes that have to move, over the graph's time where there is one."""

    form: str
    batch: int
    group_size: int
    tokens: int
    dtype: str
    called_us: float
    graph_us: float
    host_us: float
    gb_s: float
    share_of_copy: float
    device: str
    driver: str
    torch: str
    commit: str
    date: str

    @property
    def device_us(self) -> float:
        """Time on the device alone, as far as it is known."""
        return self.called_us if self.graph_us != self.graph_us else self.graph_us


def sizes(quick: bool) -> Iterator[tuple[int, int, int, str]]:
    """Rows, group size, tokens and type: all rows by all tokens at groups of 16, and all group sizes at the two named sizes."""
    batches, lengths = ((64, 512), (0, 33)) if quick else ((64, 1024, 8192, 16_384, 65_536), (0, 256, 1024, 4096, 8192))
    for batch in batches:
        for tokens in lengths:
            for group_size in (4, 16, 64) if quick or (batch, tokens) in ((8192, 0), (16_384, 4096)) else (16,):
                yield from ((batch, group_size, tokens, dtype) for dtype in (DTYPES if tokens else ("float32",)))


def input_sets(batch: int, group_size: int, tokens: int, dtype: str, device: str) -> list[Inputs]:
    """So many that they do not fit into the L2 together, as far as the memory goes; two on a CPU."""
    first = Inputs.make(batch, group_size, tokens, DTYPES[dtype], device)
    count = 2
    if device != "cpu":
        cache = torch.cuda.get_device_properties(0).L2_cache_size
        count = max(2, min(-(-2 * cache // first.bytes()), 64))
    return [first, *(Inputs.make(batch, group_size, tokens, DTYPES[dtype], device) for _ in range(count - 1))]


def forms(batch: int, size: tuple[int, int, int], compiled: str) -> dict[str, object]:
    """What is measured at this size."""
    chosen = {name: form for name, form in FORMS.items() if name != "verl loop" or batch <= SLOW_LOOP}
    if compiled == "all" or (compiled == "named" and size in (BIG, SMALL)):
        torch.compiler.reset()
        chosen["torch.compile"] = torch.compile(trl, dynamic=False)
    return chosen


def table(options: argparse.Namespace) -> Iterator[list[Row]]:
    """Measure everything, print it as it comes, and give it size by size, so that nothing is lost where time runs out."""
    copy = copy_bandwidth(options.device, 0.01 if options.device == "cpu" else 1.0)
    print(f"\ncopy on {options.device}: {copy / 1e9:.0f} GB/s, bytes read and written\n")
    print(f"{'form':<16} {'B':>6} {'G':>3} {'T':>5} {'dtype':<9} {'called':>10} {'graph':>10} {'host':>10} {'of copy':>8}   (µs)")
    for batch, group_size, tokens, dtype in sizes(options.device == "cpu" or options.quick):
        try:
            inputs = input_sets(batch, group_size, tokens, dtype, options.device)
        except torch.OutOfMemoryError:
            print(f"B={batch} T={tokens} {dtype}: not measured, it does not fit into the device's memory")
            continue
        rows = []
        for name, form in forms(batch, (batch, group_size, tokens), options.compiled).items():
            loop = name == "verl loop"
            try:
                times = measure(form, inputs[:2] if loop else inputs, 3 if loop else options.repeats, graph=not loop)
            except Exception as error:  # neither a missing compiler nor a small memory may take the rest along
                if name.startswith("ours") and not isinstance(error, torch.OutOfMemoryError):
                    raise
                print(f"{name}: not measured, {type(error).__name__}: {(str(error).splitlines() or [''])[0]}")
                continue
            rows.append(_row(name, batch, group_size, tokens, dtype, times, inputs[0].bytes(), copy))
            _print(rows[-1])
        del inputs
        yield rows


def _row(form: str, batch: int, group: int, tokens: int, dtype: str, times: Times, moved: int, copy: float) -> Row:
    device_us = times.called_us if times.graph_us != times.graph_us else times.graph_us
    speed = moved / (device_us * 1e-6)
    numbers = (round(times.called_us, 3), round(times.graph_us, 3), round(times.host_us, 3), round(speed / 1e9, 2))
    return Row(form, batch, group, tokens, dtype, *numbers, round(speed / copy, 4), *stamp())


def _print(row: Row) -> None:
    sizes = f"{row.form:<16} {row.batch:>6} {row.group_size:>3} {row.tokens:>5} {row.dtype:<9}"
    print(f"{sizes} {row.called_us:>10.2f} {row.graph_us:>10.2f} {row.host_us:>10.2f} {row.share_of_copy:>8.1%}", flush=True)


@functools.cache
def stamp() -> tuple[str, str, str, str, str]:
    """Where and what is measured."""
    from benchmarks.rows import commit

    return (*device_and_driver(), torch.__version__, commit(), datetime.date.today().isoformat())


def device_and_driver() -> tuple[str, str]:
    """The card and its driver."""
    if not torch.cuda.is_available():
        return platform.machine(), ""
    query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader", "--id=0"]
    try:
        driver = subprocess.run(query, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        driver = ""
    return torch.cuda.get_device_name(0), driver


def verdicts(rows: Sequence[Row]) -> list[tuple[bool, str]]:
    """Each promise with whether it is kept; a promise about sizes that were not measured is not kept."""
    found = {(row.form, row.batch, row.group_size, row.tokens, row.dtype): row for row in rows}
    said = []

    def judge(kept: bool, value: float, what: str, seen: str, wanted: str) -> None:
        said.append((kept, f"{what}: {seen if value == value else 'not measured'} ({wanted})"))

    for dtype in DTYPES:
        row = found.get(("ours", *BIG, dtype))
        share = row.share_of_copy if row else float("nan")
        what = f"tokens at B=16,384, T=4,096, {dtype}"
        judge(share >= 0.85, share, what, f"{share:.1%} of the copy's bandwidth", "at least 85 % of the copy's bandwidth")
    small, eager = found.get(("ours", *SMALL, "float32")), found.get(("trl", *SMALL, "float32"))
    us = small.device_us if small else float("nan")
    judge(us <= 10.0, us, "B=8,192, no tokens", f"{us:.2f} µs on the device", "at most 10 µs")
    times = eager.called_us / us if eager else float("nan")
    judge(times >= 10.0, times, "B=8,192, no tokens, beside TRL's eager operations", f"{times:.1f} times fewer µs", "at least 10")
    for size, dtype in ((BIG, "float32"), (BIG, "bfloat16"), (SMALL, "float32")):
        ours, other = found.get(("ours", *size, dtype)), found.get(("torch.compile", *size, dtype))
        ratio = other.device_us / ours.device_us if ours and other else float("nan")
        what = f"torch.compile at B={size[0]:,}, T={size[2]:,}, {dtype}"
        judge(ratio >= 1.3, ratio, what, f"{ratio:.2f} times our time", "at least 1.3 times our time")
    return said


def keep(rows: Sequence[Row], path: Path = CSV) -> None:
    """Add rows; what was measured before at the same commit on the same device gives way."""

    def key(line: dict[str, str]) -> tuple[str, ...]:
        return tuple(line[name] for name in ("form", "batch", "group_size", "tokens", "dtype", "device", "commit"))

    lines: dict[tuple[str, ...], dict[str, str]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as source:
            lines = {key(line): line for line in csv.DictReader(source)}
    for row in rows:
        line = {name: str(value) for name, value in asdict(row).items()}
        lines[key(line)] = line
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines.values())


def tests(sanitizer: bool) -> list[tuple[bool, str]]:
    """The tests on the device, and a small part of them under compute-sanitizer."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default"]
    device = [*pytest, str(ROOT / "tests" / "cuda" / "test_device.py")]
    reference = [*pytest, str(ROOT / "tests" / "cuda" / "test_reference.py")]
    said = [(_runs(device), "tests/cuda/test_device.py"), (_runs(reference), "tests/cuda/test_reference.py")]
    tool = shutil.which("compute-sanitizer") or shutil.which("compute-sanitizer", path="/usr/local/cuda/bin")
    if not sanitizer or tool is None:
        print(f"compute-sanitizer: not run, {'because it was not found' if sanitizer else 'as asked'}")
        return said
    few = ["-k", "test_small"]
    for check in ("memcheck", "racecheck"):
        command = [tool, f"--tool={check}", "--error-exitcode=9", *device, *few]
        said.append((_runs(command, {"PYTORCH_NO_CUDA_MEMORY_CACHING": "1"}), f"compute-sanitizer {check}"))
    return said


def _runs(command: Sequence[str], environment: dict[str, str] | None = None) -> bool:
    print("\n$", " ".join(command), flush=True)
    try:
        return subprocess.run(command, cwd=ROOT, env=os.environ | (environment or {}), timeout=3600).returncode == 0
    except subprocess.TimeoutExpired:
        print("stopped after an hour")
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--compiled", choices=["none", "named", "all"], default="named", help="sizes for torch.compile")
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--no-tests", action="store_true")
    parser.add_argument("--no-sanitizer", action="store_true")
    options = parser.parse_args()
    if options.device == "cuda":
        if not torch.cuda.is_available():
            sys.exit(
                f"No GPU: torch {torch.__version__} sees no CUDA device, so nothing is measured. Where there is one:\n\n{PLAN}"
            )
        os.environ["REWARDKIT_CUDA"] = "1"
    try:
        print("\n".join(build.build()))
    except build.BuildError as failure:
        sys.exit(f"Nothing is measured, because the CUDA library was {failure}")
    # Without this the tests of the device would all be skipped, which is no pass.
    if options.device == "cuda" and (missing := rewardkit_cuda.why_not()):
        sys.exit(f"Nothing is measured: {missing}")
    from rewardkit_cuda import ops  # noqa: F401

    said = [] if options.no_tests or options.device == "cpu" else tests(not options.no_sanitizer)
    rows: list[Row] = []
    for of_a_size in table(options):
        rows += of_a_size
        if options.device == "cuda":
            keep(of_a_size)
    if options.device == "cuda":
        print(f"\n{len(rows)} rows in {CSV.relative_to(ROOT)}")
    said += verdicts(rows)
    print()
    for kept, sentence in said:
        print(sentence if options.device == "cpu" else f"{'PASS' if kept else 'FAIL'} {sentence}")
    return 0 if options.device == "cpu" or all(kept for kept, _ in said) else 1


if __name__ == "__main__":
    sys.exit(main())
