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


LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
# A heading's anchor as GitHub and MkDocs both make it.
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def anchors(page: str) -> set[str]:
    titles = HEADING.findall(re.sub(r"```.*?```", "", page, flags=re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_outcome_and_error_is_explained() -> None:
    page = (ROOT / "docs/reference/outcomes.md").read_text(encoding="utf-8")
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


def test_every_link_leads_somewhere() -> None:
    lost = []
    for name in (name for name in tracked() if name.endswith(".md")):
        page = ROOT / name
        for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
            if "://" in link:
                continue
            path, _, anchor = link.partition("#")
            there = (page.parent / path).resolve() if path else page
            if not there.exists() or (anchor and anchor not in anchors(there.read_text(encoding="utf-8"))):
                lost.append(f"{name}: {link}")
    assert not lost, "\n".join(lost)


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    assert listed == {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
