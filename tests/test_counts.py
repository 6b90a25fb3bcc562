"""Numbers in texts are those of what they count."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rewardkit import evals
from rewardkit.advantages.estimators import ESTIMATORS

ROOT = Path(__file__).parent.parent
UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
WORDS = UP_TO_TWENTY.split()
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}


def number(said: str) -> int:
    """A number in digits or words."""
    if said.isdigit():
        return int(said)
    tens, _, ones = said.lower().partition("-")
    return TENS[tens] + WORDS.index(ones) if ones else WORDS.index(tens)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def files(folder: str) -> int:
    return sum(path.is_file() and not path.name.startswith(".") for path in (ROOT / folder).iterdir())


def trainers_unnamed() -> int:
    """The trainers of the table that the README's line does not name; a trainer in two versions is one."""
    table = csv.DictReader(read("tests/adapters/trainers.csv").splitlines())
    listed = {re.split(r" from | until |[:,]", row["trainer"])[0] for row in table}
    line = re.search(r"\| Trainers \| \[(.*?) and \w+ more\]", read("README.md"))
    assert line
    named = set(line[1].split(", "))
    assert named <= listed
    return len(listed - named)


def locales(*names: str) -> int:
    """The languages of lists of locales, by their first parts."""
    sys.path.insert(0, str(ROOT / "tools" / "tables"))
    try:
        import dates
        import units_choices
    finally:
        sys.path.pop(0)
    listed = {"LOCALES": units_choices.LOCALES, "FURTHER": dates.FURTHER}
    return len({locale.partition("_")[0] for name in names for locale in listed[name]})


# A text, the words with a number in them, and what that counts. Each must be found.
COUNTED: list[tuple[str, str, Callable[[], int]]] = [
    ("README.md", r"scores the (\S+) rows of \[`demo", lambda: len(read("demo/sample.jsonl").splitlines())),
    ("README.md", r"\[(\S+) estimators\]", lambda: len(ESTIMATORS)),
    ("README.md", r"(\S+) more\]\(docs/trainers", trainers_unnamed),
    ("README.md", r"\[(\S+) multimodal benchmarks\]", lambda: len(evals.BENCHMARKS)),
    ("README.md", r"at most (\d+) lines", lambda: 60),  # as tests/test_examples.py holds it
    (
        "docs/guide/judges.md",
        r"a table of words for each of (\S+) languages",
        lambda: files("rewardkit/judges/guard/words/languages"),
    ),
    (
        "rewardkit/judges/guard/announcing.py",
        r"in any of (\S+) languages",
        lambda: files("rewardkit/judges/guard/words/languages"),
    ),
    ("rewardkit/answers/units/__init__.py", r"names in (\S+) languages", lambda: locales("LOCALES")),
    ("rewardkit/answers/notation/dates.py", r"CLDR in (\S+) languages", lambda: locales("LOCALES", "FURTHER")),
    ("rewardkit/verifiers/date.py", r"form of (\S+) languages", lambda: locales("LOCALES", "FURTHER")),
]


@pytest.mark.parametrize(("name", "words", "count"), COUNTED, ids=[f"{name}: {words[:24]}" for name, words, _ in COUNTED])
def test_a_number_is_that_of_what_it_counts(name: str, words: str, count: Callable[[], int]) -> None:
    said = re.findall(words, read(name).replace("\n", " "))
    assert said, f"{name} does not say {words!r}"
    assert {number(one) for one in said} == {count()}


def test_the_quick_start_has_as_many_steps_as_pages_say() -> None:
    steps = len(re.findall(r"^## \d+\. ", read("docs/guide/quickstart.md"), re.MULTILINE))
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    said = [one for page in pages for one in re.findall(r"to a reward in (\S+) steps", page.read_text(encoding="utf-8"))]
    assert steps > 0
    assert all(number(one) == steps for one in said), said


def test_the_make_file_sets_up_what_its_first_line_names() -> None:
    head, *lines = read("Makefile").splitlines()
    targets = {line.partition(":")[0] for line in lines if re.match(r"[\w-]+:", line)}
    said = re.match(r"# (\w+) words to learn: ([\w, ]+)\.", head)
    assert said
    named = said[2].split(", ")
    assert number(said[1].lower()) == len(named)
    assert set(named) <= targets
