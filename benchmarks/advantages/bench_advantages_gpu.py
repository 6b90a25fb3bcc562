"""Check and measure the advantages' kernels on an NVIDIA GPU: `make bench-gpu`, or this file with python3.

Parts, each of which may be asked for alone (`make bench-gpu PARTS=numbers OUT=folder`) and writes to --out as it goes. If none
is named, the first three share four minutes, and what is left undone then is said.

numbers    builds the library in place, measures a copy's bandwidth, then each form at each size, the largest and the smallest
           first, and says PASS or FAIL for each line that is promised; advantages_gpu.csv. Ends after 150 s.
tests      tests/cuda/test_device.py and the kernels of test_reference.py; gpu_tests.csv. Ends after 90 s.
sanitizer  a few calls under compute-sanitizer (memcheck, racecheck), without torch; gpu_sanitizer.csv. Ends after 2 minutes.
tune       the largest size with other launch bounds, pieces and launches; gpu_tune.csv. Only where it is asked for.

It needs what a GPU machine has: torch with CUDA, numpy, pytest, nvcc. `--device cpu` walks the same path on small sizes and on
the emulator of tests/cuda, for a machine without a GPU; what it times is that machine's CPU.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

try:
    import torch
except ImportError:
    sys.exit(f"{sys.executable} has no torch. Name the Python that has it: make bench-gpu PYTHON=/path/to/python")
import rewardkit_cuda  # noqa: E402
from benchmarks.advantages import device_checks, device_numbers, device_tuning  # noqa: E402
from rewardkit_cuda import build  # noqa: E402

PARTS = ("numbers", "tests", "sanitizer", "tune")
TOGETHER_S = 240.0  # of the first three
PLAN = "\n\n".join((__doc__ or "").split("\n\n")[1:]).strip()
Verdicts = list[tuple[bool | None, str]]


def ready(device: str) -> None:
    """Build, and make sure that the device's own library runs."""
    if device == "cuda":
        if not torch.cuda.is_available():
            sys.exit(
                f"No GPU: torch {torch.__version__} sees no CUDA device, so nothing is measured. Where there is one:\n\n{PLAN}"
            )
        os.environ["REWARDKIT_CUDA"] = "1"
    try:
        print("\n".join(build.build()), flush=True)
    except build.BuildError as failure:
        sys.exit(f"Nothing is measured, because the CUDA library was {failure}")
    # Without this the tests of the device would all be skipped, which is no pass.
    if device == "cuda" and (missing := rewardkit_cuda.why_not()):
        sys.exit(f"Nothing is measured: {missing}")


def run(part: str, options: argparse.Namespace, seconds: float, until: float) -> Verdicts:
    """One part, and what there is to say of it; numbers have so many seconds, and the rest until then by the monotonic clock."""
    if part == "tests":
        return device_checks.tests(options.device, options.out, until)
    if part == "sanitizer":
        return device_checks.sanitizer(options.device, options.out, until)
    from rewardkit_cuda import ops  # noqa: F401

    if part == "tune":
        return device_tuning.tune(options.device, options.out, options.repeats)
    measured = device_numbers.table(options.device, options.out, seconds, options.repeats, options.compiled, options.quick)
    print(f"\n{len(measured)} rows in {options.out / device_numbers.NAME}")
    return device_numbers.verdicts(measured)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], epilog=PLAN, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all but tune if none is named")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-gpu", help="the folder that is written to")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--seconds", type=float, default=110.0, help="numbers: with the build; after them no new size is begun")
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--compiled", choices=["none", "named", "all"], default="named", help="sizes for torch.compile")
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    options = parser.parse_args()
    parts = options.parts or PARTS[:3]
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; name {', '.join(PARTS)}")
    began = time.monotonic()
    ready(options.device)
    seconds = options.seconds - (time.monotonic() - began)
    until = math.inf if options.parts or options.device == "cpu" else began + TOGETHER_S
    options.out.mkdir(parents=True, exist_ok=True)
    said = [verdict for part in parts for verdict in run(part, options, seconds, until)]
    print()
    for kept, sentence in said:
        word = {True: "PASS ", False: "FAIL ", None: "     "}[kept]
        print(sentence if options.device == "cpu" else f"{word}{sentence}")
    return 0 if options.device == "cpu" or all(kept is not False for kept, _ in said) else 1


if __name__ == "__main__":
    sys.exit(main())
