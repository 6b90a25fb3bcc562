"""What the README has a new user paste: it runs in a clone, in the order in which it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from patience import HANG_S

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [line.partition("  #")[0].strip() for _, body in BLOCKS for line in body.splitlines() if line.startswith("rewardkit ")]
WRITTEN = ("verdicts.jsonl", "report.html")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What of a clone the commands read."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("demo", "benchmarks/suites"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def test_it_begins_with_a_clone_and_two_lines() -> None:
    language, first = BLOCKS[0]
    assert (language, first.splitlines()) == ("", ["make demo", "source .venv/bin/activate"])
    assert README.index("git clone") < README.index(first)


def test_the_demo_ends_with_how_to_activate_what_it_set_up() -> None:
    said = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=True,
    )
    last = said.stdout.strip().splitlines()[-1]
    assert last.startswith("echo ")
    assert "source .venv/bin/activate" in last


def test_there_are_commands_to_paste() -> None:
    assert [command.split()[1] for command in COMMANDS] == ["score", "explain", "lint", "bench", "list"]


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs_as_pasted(command: str, clone: Path, tmp_path: Path) -> None:
    program = tmp_path / "rewardkit"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rewardkit "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=clone, env=environment, capture_output=True, text=True, timeout=HANG_S, check=False
    )
    # What lint finds in the sample ends it with 1, as in any check.
    assert done.returncode == (1 if " lint " in command else 0), done.stderr
    assert done.stdout.strip() or done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_what_the_commands_write_is_ignored_by_git() -> None:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    asked = ["git", "check-ignore", *WRITTEN, "demo/out.jsonl", "demo/report.html"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=HANG_S, check=False)
    assert done.stdout.splitlines() == [*WRITTEN, "demo/out.jsonl", "demo/report.html"]
    assert all(name in " ".join(COMMANDS) for name in WRITTEN)
