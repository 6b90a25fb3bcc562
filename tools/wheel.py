"""Build the packages, check them, and try the wheel where nothing else is: `python tools/wheel.py`.

The wheel is built from the source package, in an environment of its own, so that nothing that lies about in this folder gets into
it. It is then installed alone into an empty environment, and used from another folder: import, version, the program, the demo's
rows with the verdicts that are written down for them, and the examples that need no extra.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DIST, HOME = ROOT / "dist", ROOT / ".venv-wheel"
LIMIT_S = 600
ENVIRONMENT = {**os.environ, "REWARDKIT_CUDA": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONPATH": ""}
# Run in the empty environment: what is imported is what was installed, and its version is the package's.
INSTALLED = """
import importlib.metadata, pathlib, sys
import rewardkit
assert pathlib.Path(rewardkit.__file__).is_relative_to(sys.prefix), rewardkit.__file__
versions = {importlib.metadata.version("rewardkit"), rewardkit.__version__}
assert len(versions) == 1, versions
assert rewardkit.verify(answer="1/2", completion="0.5").score == 1.0
print("rewardkit", rewardkit.__version__, "on Python", sys.version.split()[0])
"""


def run(*command: str | Path, folder: Path = ROOT) -> None:
    """Run a command to its end; end with its status where it fails."""
    done = subprocess.run([str(part) for part in command], cwd=folder, env=ENVIRONMENT, timeout=LIMIT_S, check=False)
    if done.returncode:
        print(f"failed: {' '.join(map(str, command))}", file=sys.stderr)
        raise SystemExit(done.returncode)


def environment(name: str) -> Path:
    """The interpreter of a new environment with nothing in it."""
    home = HOME / name
    shutil.rmtree(home, ignore_errors=True)
    run(sys.executable, "-m", "venv", home)
    return home / "bin" / "python"


def built() -> Path:
    """The wheel, checked with its source package."""
    shutil.rmtree(DIST, ignore_errors=True)
    python = environment("build")
    run(python, "-m", "pip", "install", "--quiet", "build", "twine")
    run(python, "-m", "build", "--outdir", DIST, ROOT)
    packages = sorted(DIST.iterdir())
    run(python, "-m", "twine", "check", "--strict", *packages)
    (wheel,) = (path for path in packages if path.suffix == ".whl")
    return wheel


def tried(wheel: Path) -> int:
    """Use the wheel as somebody does who has nothing else of ours; how many rows got their verdicts."""
    python = environment("empty")
    run(python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel)
    run(python, "-m", "pip", "check")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(python, "-c", INSTALLED, folder=folder)
        rewardkit, sample = python.with_name("rewardkit"), ROOT / "demo" / "sample.jsonl"
        run(rewardkit, "--version", folder=folder)
        run(rewardkit, "score", sample, "-o", "out.jsonl", "--report", "report.html", folder=folder)
        for example in ("01_exact_match.py", "02_policies.py"):
            run(python, shutil.copy(ROOT / "examples" / example, folder), folder=folder)
        rows = read(folder / "out.jsonl")
        wanted = read(ROOT / "demo" / "expected.jsonl")
    wrong = [
        row["id"]
        for row, one in zip(rows, wanted, strict=True)
        if (row["reward"], row["reason"]) != (one["reward"], one["reason"])
    ]
    if wrong:
        raise SystemExit(f"the installed wheel gives other verdicts on the demo's rows: {', '.join(wrong)}")
    return len(rows)


def read(path: Path) -> list[dict[str, object]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    begun = time.monotonic()
    made = built()
    rows = tried(made)
    took = time.monotonic() - begun
    print(f"{made.relative_to(ROOT)}: {rows} rows of the demo got their verdicts in an empty environment ({took:.0f} s)")
