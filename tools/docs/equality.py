"""The page of all cases of equality, from the case files of the tests: what is the same answer, what is not, and why."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from rewardkit.answers import compare

CASES = Path(__file__).parents[2] / "tests" / "answers" / "cases"
LONGEST = 60

# Title and rule of each case file, in the order of the page.
TOPICS: dict[str, tuple[str, str]] = {
    "numbers": (
        "Numbers",
        "Notation does not matter, the value does, to the last digit. Sizes are checked before anything is computed.",
    ),
    "rounding": ("Rounding", "Under the default policy, `significant`."),
    "percent": ("Percent", "A percent is its fraction. The sign may be left out above one, where nothing else can be meant."),
    "units": ("Units", "Units are converted. Under `lenient`, the default, either side may lack its unit."),
    "units_world": (
        "Units, money and number words of the world",
        "Names, signs and prefixes come from pint and CLDR, in twenty languages. A word of two meanings (pound, cent, dollar) is "
        "taken in the one that fits.",
    ),
    "units_physics": (
        "Units of physics and chemistry",
        "Prefixes, exponents and strokes in any spelling, also half inside mathematics. M is moles a litre where the other side "
        "has a unit, and nothing elsewhere, as it may be a million. A turn is 2π where the other side has an angle.",
    ),
    "measures": (
        "Times, lengths and arcs in several units",
        "Parts are added up in one unit. A bare number may be the sum in the first or the last of the units.",
    ),
    "money": ("Money", "Cents are hundredths of dollars; one currency is never another."),
    "money_first": ("Money, currency first", "A code or sign of a country stands before the amount as well as behind it."),
    "dates": (
        "Dates",
        "A date equals only a date that tells as much, in any of twenty-six languages. Figures alone whose order is open equal "
        "only themselves; a weekday must fit.",
    ),
    "clock": ("Hours and lengths of time", "As clocks show them and as people say them. Before or after noon may be left out."),
    "numerals": (
        "Chinese and Japanese numerals",
        "Numerals, shares, fractions, ratios and discounts; what is formed as no number is none.",
    ),
    "twice": (
        "Two notations side by side",
        "One answer where both say the same, one of them perhaps rounded to at least two digits; none where they do not.",
    ),
    "names": ("Names", "A name is compared when both sides have one, and dropped when one side has none."),
    "order": ("Order", "A bare list and a set have no order. A tuple has one, and so has a ratio."),
    "intervals": (
        "Intervals and inequalities",
        "Open and closed ends differ. An interval, an inequality and a set builder are one thing in three notations.",
    ),
    "codes": (
        "Codes and labelled parts",
        "Ranges, scores, telephone numbers and sequences are what is written, under any dash; parts are compared label by label.",
    ),
    "equations": (
        "Equations",
        "One is the other moved over, multiplied by a number or solved for a name. The same solutions alone are not enough. "
        "A line in space may go through another of its points.",
    ),
    "functions": (
        "Expressions",
        "Equal when they agree as functions of their names. Names stand for positive numbers, so `\\sqrt{x^2}` is `x`, "
        "and for integers where the notation says so; z and w under a modulus or a bar for complex ones.",
    ),
    "chemistry": (
        "Chemistry",
        "A formula, a reaction or a configuration is itself in any dress, and nothing else. Sides of a reaction have no order, "
        "and all its amounts may be multiplied.",
    ),
    "physics": (
        "Physics",
        "Means, kets, operators, vectors and derivatives are read as such. A side that names its value may leave the name out.",
    ),
    "choices": (
        "Choices counted",
        "`C(5,2)`, `{}_5C_2` and `5 choose 2` are binomials, `P(5,2)` counts in order, unless another reading is right.",
    ),
    "log": (
        "Logarithms",
        "`\\log` without a base is the natural one, as in most of mathematics. Write `\\lg` or `\\log_{10}` for the other.",
    ),
    "matrices": (
        "Matrices and vectors",
        "Entry by entry; the kind of brackets does not matter. Sums and multiples are worked out.",
    ),
    "cases": (
        "Systems, pieces, residues, bases",
        "Groups keep together; a condition may be dropped only when it says nothing new. "
        "Digits in a base are never the same digits without it.",
    ),
    "text": ("Words", "Equal words are equal. Different words are for a judge: a rule cannot tell whether they mean the same."),
    "spoken": (
        "Numbers in words",
        "A whole answer in words is read: fractions, ordinals, signs, a year. In prose words stay words.",
    ),
    "near_misses": ("Near misses", "Wrong answers that look right, of every kind."),
    "notations": ("Other notations", "One answer as different people write it, of every kind."),
    "repair": (
        "Repair",
        "Damage that leaves one meaning is mended: lost backslashes and braces, Markdown, stray signs, the notation of code.",
    ),
    "hostile": (
        "Hostile and empty",
        "Nothing is computed that could run away, and what cannot be decided is not a match. Long texts are shown cut.",
    ),
    "fuzz_kept": ("Found by fuzzing", "Pairs that were once judged wrongly, kept so that they never are again."),
}
VERDICTS = {True: "equal", False: "not equal", None: "not decided"}

_PICTURES = {code: chr(0x2400 + code) for code in range(32)}
_PLAIN = re.compile(r"[A-Za-z0-9 ]")


def page() -> str:
    """The whole page: a summary by topic, and every case in one table."""
    files = {path.stem: path for path in sorted(CASES.glob("*.jsonl"))}
    order = [name for name in TOPICS if name in files] + [name for name in files if name not in TOPICS]
    cases = {name: _cases(files[name]) for name in order}
    total = sum(map(len, cases.values()))
    return "\n".join(
        [
            "---\nsearch:\n  exclude: true\n---\n",
            "# Equality, case by case\n",
            f"Every pair of a reference and an answer that the tests hold, {total:,} of them, with what is decided and why.",
            "Look here for how your own notation fares; [Equality](equality.md) has the rules.",
            "Generated from `tests/answers/cases`. All words of a search have to stand in a row;",
            "`topic:money` looks in one column.\n",
            "## Topics\n",
            "| topic | cases | equal | not equal | not decided | rule |",
            "|---|--:|--:|--:|--:|---|",
            *(_summary(name, rows) for name, rows in cases.items()),
            "\n## Cases\n",
            "| reference | answer | verdict | why | topic |",
            "|---|---|---|---|---|",
            *(_line(row, name) for name, rows in cases.items() for row in rows),
            "",
        ]
    )


def _cases(path: Path) -> list[dict[str, Any]]:
    """The cases of a topic, those that are equal first."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return sorted(rows, key=lambda row: list(VERDICTS).index(row["equal"]))


def _title(name: str) -> tuple[str, str]:
    return TOPICS.get(name, (name.replace("_", " ").capitalize(), ""))


def _summary(name: str, rows: list[dict[str, Any]]) -> str:
    title, rule = _title(name)
    counts = " | ".join(str(sum(row["equal"] is verdict for row in rows) or "") for verdict in VERDICTS)
    return f'| <a href="#rows=topic:&quot;{title}&quot;">{title}</a> | {len(rows)} | {counts} | {rule.replace("|", "&#124;")} |'


def _line(row: dict[str, Any], name: str) -> str:
    rounded = row["equal"] and compare(reference=row["reference"], answer=row["answer"]).reason == "match_rounded"
    said = "equal, rounded" if rounded else VERDICTS[row["equal"]]
    why = row["why"].partition(": match_rounded")[0].replace("|", "&#124;")
    return f"| {code(row['reference'])} | {code(row['answer'])} | {said} | {why} | {_title(name)[0]} |"


def code(text: str) -> str:
    """A text as code that a table holds, in Markdown as MkDocs and as GitHub read it."""
    if not text.strip():
        return "*(empty)*"
    if len(text) > LONGEST:
        return f"{code(text[: LONGEST // 2])}… ({len(text):,} characters)"
    text = "".join(c if c.isprintable() else _PICTURES.get(ord(c), f"\\u{ord(c):04x}") for c in text)
    if "|" not in text and "`" not in text and text == text.strip():
        return f"`{text}`"
    # A backslash before a bar shows in one and not in the other; a character reference is the bar in both.
    return "<code>" + "".join(c if _PLAIN.match(c) or ord(c) > 127 else f"&#{ord(c)};" for c in text) + "</code>"
