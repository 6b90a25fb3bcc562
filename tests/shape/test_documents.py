"""What is written beside the code agrees with it, and with no one machine."""

from __future__ import annotations

import re
import subprocess

import pytest
from source_tree import ROOT

from rewardkit import errors
from rewardkit.types import OUTCOMES

# The name on the package index belongs to somebody else's project.
BARE_INSTALL = re.compile(r"pip3? install (?:-\S+ )*[\"']?rewardkit\b(?!\[|\s*@)")
ONE_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/\w")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_outcome_and_error_is_explained() -> None:
    page = (ROOT / "docs/outcomes.md").read_text(encoding="utf-8")
    missing = [name for name in (*OUTCOMES, *errors.__all__) if f"`{name}`" not in page]
    assert not missing


def test_the_error_tree_is_drawn_as_it_is() -> None:
    drawn = re.findall(r"^([├└│─ ]*)(\w+)  ", errors.__doc__ or "", re.MULTILINE)
    assert {name for _, name in drawn} | {"RewardKitError"} == set(errors.__all__)
    for branch, name in drawn:
        parent = errors.UsageError if len(branch) > 4 else errors.RewardKitError
        assert parent in getattr(errors, name).__bases__


@pytest.mark.parametrize("name", ["README.md", "docs", "rewardkit", "examples", "CONTRIBUTING.md"])
def test_nobody_is_sent_to_the_other_package(name: str) -> None:
    files = [ROOT / path for path in tracked() if path == name or path.startswith(f"{name}/")]
    bare = [str(path) for path in files if BARE_INSTALL.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert not bare


def test_no_path_of_one_machine() -> None:
    found = [
        f"{name}: {match[0]}"
        for name in tracked()
        if (match := ONE_MACHINE.search((ROOT / name).read_text(encoding="utf-8", errors="replace")))
    ]
    assert not found, "\n".join(found)
