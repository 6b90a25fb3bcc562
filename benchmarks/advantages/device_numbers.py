"""The part `numbers` of `make bench-gpu`: each form at each size, beside a copy's bandwidth; and what was promised of it."""

from __future__ import annotations

import csv
import datetime
import functools
import platform
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch

from benchmarks.advantages.advantage_forms import FORMS, Inputs, trl
from benchmarks.advantages.device_timing import Times, copy_bandwidth, measure
from benchmarks.rows import commit

NAME = "advantages_gpu.csv"
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
MASKS = {"bool": torch.bool, "int64": torch.int64, "float32": torch.float32}
SLOW_LOOP = 1024  # rows up to which verl's loop is waited for; it takes some 20 µs a row
BIG, SMALL = (16_384, 16, 4_096), (8_192, 16, 0)
NAN = float("nan")


@dataclass(frozen=True)
class Size:
    """Rows, group size, tokens a row, the tokens' type and the mask's."""

    batch: int
    group_size: int
    tokens: int
    dtype: str = "float32"
    mask: str = "bool"

    @property
    def named(self) -> bool:
        """Whether something is said of it."""
        return (self.batch, self.group_size, self.tokens) in (BIG, SMALL) and self.mask == "bool"

    def inputs(self, device: str) -> list[Inputs]:
        """So many sets that they do not fit into the L2 together, as far as the memory goes; two on a CPU."""

        def one() -> Inputs:
            return Inputs.make(self.batch, self.group_size, self.tokens, DTYPES[self.dtype], device, mask=MASKS[self.mask])

        first, count = one(), 2
        if device != "cpu":
            count = max(2, min(-(-2 * torch.cuda.get_device_properties(0).L2_cache_size // first.bytes()), 64))
        return [first, *(one() for _ in range(count - 1))]


@dataclass(frozen=True)
class Row:
    """One form at one size. `gb_s` counts the fewest bytes that have to move, over the graph's time where there is one."""

    form: str
    batch: int
    group_size: int
    tokens: int
    dtype: str
    mask: str
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


def sizes(quick: bool) -> Iterator[Size]:
    """What is said first, then lengths that are no power of two and other masks, then all rows by all tokens."""
    big, small = ((64, 16, 33), (64, 16, 0)) if quick else (BIG, SMALL)
    first = [*(Size(*big, dtype) for dtype in DTYPES), Size(*small)]
    first += [Size(*big, dtype, mask) for mask in ("int64", "float32") for dtype in DTYPES]
    first += [Size(big[0], big[1], tokens, dtype) for tokens in ((35,) if quick else (1_000, 1_337)) for dtype in DTYPES]
    first += [Size(*small[:1], group_size, small[2]) for group_size in (4, 64)]
    batches, lengths = ((64, 512), (0, 33)) if quick else ((64, 1024, 8192, 16_384, 65_536), (0, 256, 1024, 4096, 8192))
    rest = [Size(b, 16, t, dtype) for t in lengths for b in batches for dtype in (DTYPES if t else ("float32",))]
    yield from dict.fromkeys([*first, *rest])


def forms(size: Size) -> dict[str, Callable[[Inputs], object]]:
    """What is measured at this size, but for torch.compile."""
    return {name: form for name, form in FORMS.items() if name != "verl loop" or size.batch <= SLOW_LOOP}


def steps(compiled: str, quick: bool) -> Iterator[tuple[Size, dict[str, Callable[[Inputs], object]]]]:
    """Sizes and forms. What something is said of comes first, and torch.compile, which may take its time, after that."""
    named, rest = [], []
    for size in sizes(quick):
        (named if size.named else rest).append(size)
    yield from ((size, forms(size)) for size in named)
    for size in [] if compiled == "none" else [*named, *(rest if compiled == "all" else [])]:
        torch.compiler.reset()
        yield size, {"torch.compile": torch.compile(trl, dynamic=False)}
    yield from ((size, forms(size)) for size in rest)


def table(device: str, out: Path, seconds: float, repeats: int, compiled: str, quick: bool) -> list[Row]:
    """Measure, print each row as it comes and keep it at once, so that nothing is lost where time runs out."""
    until = time.monotonic() + seconds
    copy = copy_bandwidth(device, 0.01 if device == "cpu" else 1.0)
    print(f"\ncopy on {device}: {copy / 1e9:.0f} GB/s, bytes read and written\n")
    head = f"{'form':<16} {'B':>6} {'G':>3} {'T':>5} {'dtype':<9} {'mask':<8}"
    print(f"{head} {'called':>10} {'graph':>10} {'host':>10} {'of copy':>8}   (µs)")
    rows: list[Row] = []
    for size, chosen in steps(compiled, device == "cpu" or quick):
        if time.monotonic() > until:
            print(f"{size}: not measured, {seconds:.0f} s are over")
            continue
        try:
            inputs = size.inputs(device)
        except torch.OutOfMemoryError:
            print(f"{size}: not measured, it does not fit into the device's memory")
            continue
        for name, form in chosen.items():
            times = _times(name, form, inputs, repeats)
            if times is not None:
                rows.append(row(name, size, times, inputs[0].bytes(), copy))
                _print(rows[-1])
                keep(rows[-1:], out / NAME)
    return rows


def _times(name: str, form: Callable[[Inputs], object], inputs: list[Inputs], repeats: int) -> Times | None:
    loop = name == "verl loop"
    try:
        return measure(form, inputs[:2] if loop else inputs, 3 if loop else repeats, graph=not loop)
    except Exception as error:  # neither a missing compiler nor a small memory may take the rest along
        if name.startswith("ours") and not isinstance(error, torch.OutOfMemoryError):
            raise
        print(f"{name}: not measured, {type(error).__name__}: {(str(error).splitlines() or [''])[0]}")
        return None


def row(form: str, size: Size, times: Times, moved: int, copy: float) -> Row:
    """A row of here and now."""
    device_us = times.called_us if times.graph_us != times.graph_us else times.graph_us
    speed = moved / (device_us * 1e-6)
    numbers = (round(times.called_us, 3), round(times.graph_us, 3), round(times.host_us, 3), round(speed / 1e9, 2))
    return Row(form, *asdict(size).values(), *numbers, round(speed / copy, 4), *stamp())


def _print(row: Row) -> None:
    at = f"{row.form:<16} {row.batch:>6} {row.group_size:>3} {row.tokens:>5} {row.dtype:<9} {row.mask:<8}"
    print(f"{at} {row.called_us:>10.2f} {row.graph_us:>10.2f} {row.host_us:>10.2f} {row.share_of_copy:>8.1%}", flush=True)


@functools.cache
def stamp() -> tuple[str, str, str, str, str]:
    """Where and what is measured."""
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


def verdicts(rows: Sequence[Row]) -> list[tuple[bool | None, str]]:
    """Each promise with whether it is kept, which one that was not measured is not; and numbers of which nothing was (None)."""
    found = {(row.form, row.batch, row.group_size, row.tokens, row.dtype): row for row in rows if row.mask == "bool"}
    said: list[tuple[bool | None, str]] = []

    def judge(kept: bool | None, value: float, what: str, seen: str, wanted: str) -> None:
        said.append((kept, f"{what}: {seen if value == value else 'not measured'} ({wanted})"))

    for dtype in DTYPES:
        big = found.get(("ours", *BIG, dtype))
        share = big.share_of_copy if big else NAN
        what = f"tokens at B=16,384, T=4,096, {dtype}"
        judge(share >= 0.85, share, what, f"{share:.1%} of the copy's bandwidth", "at least 85 % of the copy's bandwidth")
    small, eager = (found.get((form, *SMALL, "float32")) for form in ("ours", "trl"))
    us = small.graph_us if small else NAN
    judge(us <= 10.0, us, "B=8,192, no tokens", f"{us:.2f} µs in a graph", "at most 10 µs")
    for how, wanted in (("graph", 10.0), ("called", None)):
        times = _ratio(eager, small, f"{how}_us")
        what = f"B=8,192, no tokens, TRL's eager operations, {how} beside {how}"
        kept = None if wanted is None else times >= wanted
        judge(
            kept,
            times,
            what,
            f"{times:.1f} times our time",
            "nothing is promised" if wanted is None else f"at least {wanted:.0f}",
        )
    for at, dtype in ((BIG, "float32"), (BIG, "bfloat16"), (SMALL, "float32")):
        ours, other = (found.get((form, *at, dtype)) for form in ("ours", "torch.compile"))
        for how in ("graph", "called"):
            times = _ratio(other, ours, f"{how}_us")
            what = f"torch.compile at B={at[0]:,}, T={at[2]:,}, {dtype}, {how} beside {how}"
            judge(None, times, what, f"{times:.2f} times our time", "nothing is promised")
    return said


def _ratio(other: Row | None, ours: Row | None, name: str) -> float:
    return getattr(other, name) / getattr(ours, name) if other and ours else NAN


def keep(rows: Sequence[Row], path: Path) -> None:
    """Add rows; what was measured before on the same device gives way, and the newest stands last."""
    keys = ("form", "batch", "group_size", "tokens", "dtype", "mask", "device")
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as source:
            lines = {tuple(line[name] for name in keys): line for line in csv.DictReader(source)}
    for row in rows:
        line = {name: str(value) for name, value in asdict(row).items()}
        key = tuple(line[name] for name in keys)
        lines.pop(key, None)
        lines[key] = line
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines.values())
