from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.verifiers.table.tree import Node, edit_distance, size

trees = st.recursive(
    st.builds(Node, st.sampled_from(["td", "th"])),
    lambda below: st.builds(Node, st.sampled_from(["tr", "table"]), st.lists(below, min_size=1, max_size=2)),
    max_leaves=4,
)


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent / "cases" / "table.jsonl"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


def by_definition(a: tuple[Node, ...], b: tuple[Node, ...]) -> int:
    """The distance of two forests by the recurrence that defines it: the last node goes, comes, or becomes the other last one."""
    if not a or not b:
        return sum(map(size, a + b))
    (*before_a, last_a), (*before_b, last_b) = a, b
    gone = by_definition((*before_a, *last_a.children), b) + 1
    come = by_definition(a, (*before_b, *last_b.children)) + 1
    below = by_definition(tuple(last_a.children), tuple(last_b.children))
    become = by_definition(tuple(before_a), tuple(before_b)) + below + (last_a.tag != last_b.tag)
    return min(gone, come, become)


@given(trees, trees)
@settings(max_examples=examples(100), deadline=None)
def test_the_distance_agrees_with_its_definition(a: Node, b: Node) -> None:
    assert edit_distance(a, b) == by_definition((a,), (b,))


words = st.text(alphabet="ab <&|", max_size=4)


@given(st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=3))
@settings(max_examples=examples(100), deadline=None)
def test_a_table_is_itself_whatever_its_cells_hold(rows: list[list[str]]) -> None:
    marks = {"&": "&amp;", "<": "&lt;"}
    cells = [["".join(marks.get(sign, sign) for sign in word) for word in row] for row in rows]
    table = "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells) + "</table>"
    verdict = get("table.teds").check(sample(completion=f"<answer>{table}</answer>", answer=table))
    assert (verdict.score, verdict.reason) == (1, "match")
