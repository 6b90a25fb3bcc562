"""The tests of adapters with the oldest versions that they are for: each row of ends.csv in an environment that is thrown away.

`python tests/adapters/ends.py [PACKAGE…]`, or `make test-adapter-ends` for all. The version goes, without its dependencies, over
an environment of `make test-adapters`, or over that of the tests ("test"): so the rest is as in constraints.txt.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATHS = "import sys; print(*(path for path in sys.path if path.endswith('site-packages')), sep='\\n')"


def passes(row: dict[str, str], home: Path) -> bool:
    """Whether the tests of the row pass with its version."""
    venv.create(home, with_pip=False)
    python = str(home / "bin" / "python")
    under = sys.executable if row["over"] == "test" else str(ROOT / f".venv-adapters-{row['over']}" / "bin" / "python")
    below = subprocess.run([under, "-c", PATHS], check=True, capture_output=True, text=True).stdout
    [site] = home.glob("lib/python*/site-packages")
    (site / "below.pth").write_text(f"{ROOT}\n{below}")
    install = [under, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", str(site)]
    subprocess.run([*install, f"{row['package']}=={row['version']}"], check=True)
    there = f"from importlib.metadata import version; assert version({row['package']!r}) == {row['version']!r}"
    subprocess.run([python, "-c", there], check=True)
    tests = [python, "-m", "pytest", "-q", "--override-ini", "filterwarnings=ignore", *row["tests"].split()]
    return subprocess.run(tests, cwd=HERE).returncode == 0


def main() -> int:
    names = sys.argv[1:]
    failed = []
    with (HERE / "ends.csv").open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if not names or row["package"] in names]
    for row in rows:
        print(f"{row['package']} {row['version']}: {row['why']}", flush=True)
        with tempfile.TemporaryDirectory() as home:
            if not passes(row, Path(home)):
                failed.append(f"{row['package']} {row['version']}")
    print(f"failed: {', '.join(failed)}" if failed else f"{len(rows)} versions pass")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
