"""Every page is run from top to bottom: its files are written, its Python is run, its sessions are typed in.

What is printed is what the page says. Python that wants a trainer's package, a download or names of the reader's own stands in
blocks_elsewhere.csv with the test that does the same.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import shlex
import sys
import types
from pathlib import Path

import pytest
from cli_program import call_here
from doc_pages import PAGES, ROOT, Block, blocks, elsewhere, name_of

import rewardkit
from rewardkit import workers

TIME = re.compile(r"\bin [\d.]+ s\b")
SECONDS = re.compile(r"^seconds  [\d.]+$", re.MULTILINE)
SESSION = re.compile(r"^\$ rewardkit (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
ELSEWHERE = elsewhere()
RUN = [page for page in PAGES if any(block.language in ("python", "console") for block in blocks(page))]


def is_elsewhere(page: Path, block: Block) -> bool:
    return any(row["page"] == name_of(page) and block.text.startswith(row["begins"]) for row in ELSEWHERE)


def lines(text: str) -> list[str]:
    """What is printed, without times and the space that a table ends in."""
    return [TIME.sub("", line).rstrip() for line in SECONDS.sub("", text).strip().splitlines()]


@pytest.mark.filterwarnings(
    "ignore::FutureWarning", "ignore:revisual_r1 pays:UserWarning"
)  # the first of packages that a page uses
@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_a_page_runs_from_top_to_bottom(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # Limits that a page sets are not for the tests that follow.
    for name in ("_shared", "_limits"):
        monkeypatch.setattr(workers, name, getattr(workers, name))
    # A module of its own, because what a page defines may be pickled.
    module = types.ModuleType("page_of_the_docs")
    module.__dict__.update(get=rewardkit.get, load=rewardkit.load)  # the pages made from docstrings begin with a call
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks(page):
        if block.file and block.language != "python":
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "python" and not is_elsewhere(page, block):
            run(page, block, module)
        elif block.language == "console":
            session(block)


def run(page: Path, block: Block, module: types.ModuleType) -> None:
    code = compile(block.text, name_of(page), "exec")
    if "=..." in block.text:  # something must be given
        return
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, module.__dict__)
    if block.printed is not None:
        assert printed.getvalue() == block.printed


def session(block: Block) -> None:
    for arguments, printed in SESSION.findall(block.text):
        done = call_here(*shlex.split(arguments))
        assert lines(done.stdout + done.stderr) == lines(printed), arguments


def test_every_page_with_code_is_run() -> None:
    assert {"guide/observability.md", "guide/cookbook.md", "guide/quickstart.md", "CONTRIBUTING.md"} <= set(map(name_of, RUN))


@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: f"{row['page']}: {row['begins'][:30]}")
def test_what_is_run_elsewhere_is_there_and_is_a_block(row: dict[str, str]) -> None:
    file, _, name = row["test"].partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    page = next(page for page in PAGES if name_of(page) == row["page"])
    found = [block for block in blocks(page) if block.language == "python" and block.text.startswith(row["begins"])]
    assert len(found) == 1
    compile(found[0].text, row["page"], "exec")


def test_the_cookbook_has_its_ten_recipes_each_with_code_and_what_it_prints() -> None:
    page = next(page for page in PAGES if name_of(page) == "guide/cookbook.md")
    text = page.read_text(encoding="utf-8")
    _, *recipes = re.split(r"^## ", text, flags=re.MULTILINE)
    assert len(recipes) == len(re.findall(r"^\| .*\]\(#", text, re.MULTILINE)) == 10
    assert all("```python\n" in recipe and "```text\n" in recipe for recipe in recipes)
