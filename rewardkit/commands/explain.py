"""`rewardkit explain`: everything that led to one verdict, readable."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rewardkit import dispatch
from rewardkit.commands.judging import reward_of
from rewardkit.commands.trees import at_a_point, draw, one_line, printable
from rewardkit.errors import BadParameter
from rewardkit.extract import DEFAULT_ORDER, STEPS, extract, outside_think
from rewardkit.question.samples import question_of
from rewardkit.question.told import told
from rewardkit.recipes.parts.config import build
from rewardkit.types import OUTCOMES, Sample, Verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.tree import Tree

    from rewardkit.answers.forms.kinds import Answer

__all__ = ["run"]

# What each deciding step did; `rewardkit.answers` names them.
ABOUT_STEP = {
    "text": "the two texts are the same",
    "plain": "two plain numbers, compared exactly",
    "structure": "the two trees, by the rules for their shape",
    "rational": "exact arithmetic on fractions",
    "balls": "numbers with proved error bounds, at fixed points",
    "numeric": "numbers with error bounds could not tell them apart or together",
    "units": "after converting the unit",
    "asked": "in the unit, scale and digits that the question asks for",
    "words": "words, without case, articles and punctuation",
    "limits": "too long, too deep or empty: not read",
    "symbolic": "computer algebra, in a process of its own",
}
# Shown in a place of their own, or said already.
TOLD = {"route", "extracted", "reference", "expected", "how", "step", "shape", "reference_shape", "stages", "options"}
NUMERIC = {"number", "percent", "quantity", "angle", "expression", "function"}
WIDE = 120
SHOWN_REFERENCES = 4


def run(options: Namespace) -> int:
    """Print the verdict, the route, what every extraction step finds, how both sides were read, and what decided."""
    completion = options.completion
    if completion == "-":
        completion = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    columns: dict[str, Any] = {"answer": options.answer if len(options.answer) > 1 else options.answer[0]}
    if options.choices:
        columns["choices"] = _choices(options.choices)
    for pair in options.column:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            message = f"--column wants NAME=VALUE, such as reward=rule; saw {pair!r}"
            raise BadParameter(message)
        columns[name] = value
    sample = Sample(0, options.prompt, completion, columns)
    verdict = dispatch.run(build(reward_of(options)), [sample])[0]
    _show(sample, verdict)
    return 0


def _choices(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, (list, dict)):
        message = f'--choices wants JSON such as \'["cat", "dog"]\' or \'{{"A": "cat"}}\'; saw {text!r}'
        raise BadParameter(message)
    return value


def _show(sample: Sample, verdict: Verdict) -> None:
    from rich.console import Console
    from rich.text import Text

    # Piped into a file nothing is folded at the 80 columns of a terminal that is not there.
    out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    score = "no reward" if verdict.score is None else f"reward {verdict.score:g}"
    reason = one_line(verdict.reason)
    title = Text.assemble((score, "bold"), f"  {verdict.status.value}, ", (reason, "bold"), f"  by {one_line(verdict.verifier)}")
    out.print(title)
    meaning = OUTCOMES.get(verdict.reason)
    if meaning:
        out.print(Text(meaning[1], style="dim"))
    extracted = verdict.info.get("extracted")
    final = extracted if isinstance(extracted, str) and verdict.reason != "ambiguous" else None
    out.print()
    _table(out, _head(sample, verdict))
    if verdict.verifier.startswith("choice."):
        _show_options(out, sample, verdict)
    else:
        _show_sides(out, sample, verdict, final)
    rest = list(_rest(verdict))
    if rest:
        out.print()
        _table(out, rest)


def _table(out: Console, rows: list[tuple[str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(Text(one_line(name)), Text(printable(text)))
    out.print(table)


def _head(sample: Sample, verdict: Verdict) -> list[tuple[str, str]]:
    """Route, what the question asks for, extraction, and the step that decided."""
    rows = [("route", str(verdict.info.get("route", "–")))]
    stages = [f"{stage['verifier']} ({stage['reason']})" for stage in verdict.info.get("stages", ())]
    if stages:
        rows.append(("tried before", ", ".join(stages)))
    if question := question_of(sample):
        rows += [(f"asks {name}", text) for name, text in told(question)]
    rows += _extractions(sample.text)
    if verdict.reason == "ambiguous":
        rows.append(("offered", one_line(str(verdict.info.get("extracted")))))
    step = verdict.info.get("step")
    if isinstance(step, str):
        # What is undecided keeps the step of the stage before the last resort.
        name = "last step" if verdict.reason in ("undecided", "needs_symbolic") else "decided by"
        rows.append((name, f"{step}: {ABOUT_STEP[step]}" if step in ABOUT_STEP else step))
    elif verdict.info.get("how"):
        rows.append(("read by", str(verdict.info["how"])))
    return rows


def _extractions(text: str) -> list[tuple[str, str]]:
    """What each extraction step finds on its own, and which one decides in the default order."""
    decided = extract(text).method.value
    visible = outside_think(text)
    rows = []
    for name in (*DEFAULT_ORDER, *(step for step in STEPS if step not in DEFAULT_ORDER)):
        found = STEPS[name](text if name == "answer_tag" else visible)
        if found is None:
            continue
        value = found.text if found.text is not None else f"{found.reason.value}: {', '.join(found.alternatives) or 'empty'}"
        rows.append((f"by {name}", f"{one_line(value)}{'   ← the first that finds one decides' if name == decided else ''}"))
    return rows or [("extraction", "no step finds an answer")]


def _show_options(out: Console, sample: Sample, verdict: Verdict) -> None:
    """The options, if the row has any, with the accepted ones marked."""
    from rewardkit.verifiers.choice.options import read_options

    accepted = {letter for letters in verdict.info.get("expected") or () for letter in str(letters)}
    texts = read_options(sample).texts
    if texts:
        out.print()
        marks = {letter: "   ← the answer" for letter in accepted}
        _table(out, [(f"({letter})", f"{text}{marks.get(letter, '')}") for letter, text in texts.items()])
    out.print()
    chosen = verdict.info.get("extracted")
    _table(out, [*(("answer", text) for text in sample.references), ("chosen", "–" if chosen is None else str(chosen))])


def _show_sides(out: Console, sample: Sample, verdict: Verdict, final: str | None) -> None:
    """Both sides as trees, and the numbers that were compared."""
    from rich.text import Text

    references = list(sample.references)
    if not references:
        out.print(Text.assemble("\n", ("answer", "bold"), "  none"))
    decided = verdict.info.get("reference")
    if isinstance(decided, str) and decided in references:
        references.insert(0, references.pop(references.index(decided)))
    for reference in references[:SHOWN_REFERENCES]:
        out.print()
        out.print(_side("answer", reference))
    if len(references) > SHOWN_REFERENCES:
        out.print(Text(f"… and {len(references) - SHOWN_REFERENCES} more accepted answers", style="dim"))
    out.print()
    if final is None:
        out.print(Text.assemble(("final answer", "bold"), "  none"))
        return
    out.print(_side("final answer", final))
    if references:
        compared = list(_compared(references[0], final, verdict))
        if compared:
            out.print()
            _table(out, compared)


def _side(name: str, text: str) -> Tree:
    """One text as it was read: its tree under its shape, with further readings and what is suspicious."""
    from rich.text import Text

    from rewardkit.answers import understand
    from rewardkit.answers.read import read

    found = understand(text)
    title = Text.assemble(
        (name, "bold"), "  ", one_line(text), "  ", (found.shape or "not read", "green" if found.shape else "red")
    )
    node = read(text).tree if found.shape and found.shape != "text" else None
    tree = draw(title, node)
    if found.shape == "text":
        tree.add(Text(one_line(found.tree)))
    for other in found.readings:
        if other != found.tree:
            tree.add(Text.assemble(("also read as ", "dim"), one_line(other)))
    for problem in found.problems:
        tree.add(Text.assemble(("problem: ", "red"), one_line(problem)))
    return tree


def _compared(reference: str, final: str, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The numbers on both sides, and what the comparison had to assume."""
    from rewardkit.answers import compare

    result = compare(reference=reference, answer=final)
    # Another policy than the default may have been asked for; what was assumed there is not what is assumed here.
    assumed = result.info if (result.step, result.reason) == (verdict.info.get("step"), verdict.reason) else {}
    sides = [side for text in (reference, final) if (side := _answer(text)) is not None and side.shape in NUMERIC]
    if len(sides) == 2 and not {"reading", "renamed"} & set(assumed):
        where, values = at_a_point([side.node for side in sides])
        if values:
            yield f"at {where}", f"{values[0]} and {values[1]}"
    for key, value in assumed.items():
        if key not in ("reference", "answer", "symbolic"):
            yield key.replace("_", " "), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)


def _answer(text: str) -> Answer | None:
    from rewardkit.answers.forms.answer import answer_of
    from rewardkit.answers.read import read

    tree = read(text).tree
    try:
        return None if tree is None else answer_of(tree)
    except RecursionError:
        return None


def _rest(verdict: Verdict) -> Iterator[tuple[str, str]]:
    for key, value in verdict.info.items():
        if key not in TOLD and value not in (None, [], {}):
            yield key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    yield "seconds", f"{verdict.seconds:.6f}"
