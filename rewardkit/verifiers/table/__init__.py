"""Tables read off an image: how much must be changed to make the reference of them."""

from __future__ import annotations

from dataclasses import replace

from rewardkit.extract import Method, extract, outside_think
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.table.markup import tables_in
from rewardkit.verifiers.table.tree import Node, edit_distance, size

__all__ = ["teds"]

LONGEST = 200_000  # characters of a table
MAX_NODES = 700  # of a reference
MAX_PAIRS = 500_000  # of nodes: about a second


@verifier("table.teds", requires=("answer",), scores=(0.0, 1.0))
def teds(sample: Sample, *, structure: bool = False, sections: bool = True) -> Verdict:
    """TEDS: 1 less the tree edit distance of two tables as a share of the larger one's nodes.

    Rows, cells and sections are nodes; a cell's spans count, and its content by the edit distance of its characters and tags as a
    share of the longer. A table is HTML, or lines with pipes whose heads are a `thead` and whose other lines a `tbody`. `th` is
    read as `td`, white space in a row as one space; captions, comments and attributes but spans are passed over. No table is
    `no_answer`, different ones are `ambiguous`.

    A completion is `too_complex` past 200,000 characters, or with so many nodes that there are more than half a million pairs of
    its own and the reference's; a reference of more than 700 nodes is `out_of_scope`.

    Source: Zhong et al. 2020, PubTabNet (arXiv 1911.10683).

    Args:
        sample: The sample. Its `answer` is a table, or several that are accepted as a list; one that is no table, or a text with
            several, is `gold_unparseable`.
        structure: Look at rows, cells and spans alone, and at no content.
        sections: Count `thead`, `tbody` and `tfoot` as nodes, as the published measure does (the default). False: rows stand in
            the table, so that nothing is lost where one side writes sections and the other does not.
    """
    wanted = []
    for reference in sample.references:
        tables = _tables(reference, structure, sections)
        if len(tables) != 1:
            return Verdict.abstained("gold_unparseable", problem=f"{len(tables)} tables in the reference; wanted one")
        wanted += tables
    if max(map(size, wanted)) > MAX_NODES:
        return Verdict.abstained("out_of_scope", problem=f"a reference of more than {MAX_NODES} nodes")
    final = extract(sample.text, order=("answer_tag",))
    if final.reason == "ambiguous":
        return Verdict.scored(0.0, "ambiguous", extracted=" | ".join(final.alternatives)[:500])
    text = outside_think(sample.text) if final.method is Method.NONE else final.text or ""
    if len(text) > LONGEST:
        return Verdict.scored(0.0, "too_complex", characters=len(text))
    found = _tables(text, structure, sections)
    if not found:
        return Verdict.scored(0.0, "no_answer", extracted=text[:500])
    if any(table != found[0] for table in found):
        return Verdict.scored(0.0, "ambiguous", extracted=text[:500], tables=len(found))
    nodes = size(found[0])
    if max(nodes * size(one) for one in wanted) > MAX_PAIRS and nodes > max(map(size, wanted)):
        return Verdict.scored(0.0, "too_complex", extracted=text[:500], nodes=nodes)
    score = max(1 - edit_distance(found[0], one) / max(nodes, size(one)) for one in wanted)
    return Verdict.scored(min(max(score, 0.0), 1.0), extracted=text[:500], nodes=nodes)


def _tables(text: str, structure: bool, sections: bool) -> list[Node]:
    """The tables of a text that have a cell."""
    tables = [table for table in tables_in(text, sections=sections) if any(_cells(table))]
    return [_bare(table) for table in tables] if structure else tables


def _cells(node: Node) -> list[Node]:
    return [node] if node.tag == "td" else [cell for child in node.children for cell in _cells(child)]


def _bare(node: Node) -> Node:
    """The same tree without what stands in its cells."""
    return replace(node, children=[_bare(child) for child in node.children], content=())
