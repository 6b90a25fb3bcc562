from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from rewardkit import answers
from rewardkit.answers.read import read
from rewardkit.answers.tree import HEADS, Apply, walk

CASES = Path(__file__).with_name("cases")
SOURCES = sorted(Path(answers.__file__).parent.rglob("*.py"))


def test_every_tree_is_made_of_known_heads() -> None:
    seen = set()
    for line in (line for path in CASES.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()):
        for text in (json.loads(line)["reference"], json.loads(line)["answer"]):
            for node in walk(tree) if (tree := read(text).tree) is not None else ():
                if type(node) is Apply:
                    head = HEADS[node.head]
                    # a row of an alignment that begins with its sign is a chain of a sign and one side
                    assert head.least <= len(node.args) <= (head.most or len(node.args)) or node.head == "chain", (text, node)
                    seen.add(head.family)
    assert len(seen) == len({head.family for head in HEADS.values()})


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_head_is_made_up(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call) and node.args]
    made = [call.args[0] for call in calls if ast.unparse(call.func) == "Apply"]
    assert {head.value for head in made if isinstance(head, ast.Constant)} <= set(HEADS)
