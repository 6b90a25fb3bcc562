from __future__ import annotations

import functools
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.errors import MissingExtra
from rewardkit.prose import languages
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.types import Status
from rewardkit.verifiers.instruct.constraint import CONSTRAINTS, GOOGLE, load
from rewardkit.verifiers.instruct.google.cutting import chain_sentences, treebank_tokens
from rewardkit.verifiers.instruct.sentences import split

load()
ROOT = Path(__file__).parents[2]
CASES = read_cases(Path(__file__).parent / "cases" / "instruct.jsonl", verifier="instruct.ifeval")
PAGE = (ROOT / "docs" / "guide" / "instruct.md").read_text(encoding="utf-8")
PACKAGES = {
    "language:response_language": "py3langid",
    "change_case:english_capital": "py3langid",
    "change_case:english_lowercase": "py3langid",
    "words:odd_even_syllables": "syllapy",
}


def ids_of(case: Case) -> list[str]:
    ids = case.sample.columns.get("instruction_id_list")
    return ids if isinstance(ids, list) else []


def needs(case: Case) -> Iterator[str]:
    """The packages a case cannot be checked without."""
    for name in ids_of(case):
        if name in PACKAGES:
            yield PACKAGES[name]
        if name == "length_constraints:number_sentences" and case.parameters.get("compat"):
            yield "punkt"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_case(case: Case) -> None:
    for package in needs(case):
        pytest.importorskip(package, reason=f"the extra instruct is not installed: {package}")
    case.check()


@functools.cache
def alone() -> dict[tuple[str, str, str], dict[str, float | None]]:
    """Scores of the cases with one id, by id, arguments and text, and then by `compat`."""
    found: dict[tuple[str, str, str], dict[str, float | None]] = defaultdict(dict)
    for case in CASES:
        if len(ids_of(case)) == 1 and not case.parameters.keys() - {"compat"}:
            key = (ids_of(case)[0], str(case.sample.columns.get("kwargs")), case.sample.text)
            found[key][case.parameters.get("compat", "")] = case.score
    return found


def test_there_are_as_many_constraints_as_were_published() -> None:
    families = {"keywords", "language", "length_constraints", "detectable_content", "detectable_format", "combination"}
    families |= {"startend", "change_case", "punctuation", "multi-turn"}
    eval_ids = [name for name in CONSTRAINTS if name.split(":")[0] in families]
    assert (len(eval_ids), len(CONSTRAINTS) - len(eval_ids)) == (29, 58)


def test_every_constraint_has_a_text_that_keeps_it_and_one_that_does_not() -> None:
    scores = {(name, by[""]) for (name, _, _), by in alone().items() if "" in by}
    assert [name for name in CONSTRAINTS if not {(name, 1), (name, 0)} <= scores] == []


def test_every_bug_of_the_reference_has_a_text_that_shows_it() -> None:
    shown = {name for (name, _, _), by in alone().items() if len(by) == 2 and by[""] != by["google"]}
    assert shown == GOOGLE.keys()


def test_the_page_lists_every_constraint_with_its_arguments_and_every_bug() -> None:
    hints = {
        name: [k for k in function.__annotations__ if k not in ("response", "return")] for name, function in CONSTRAINTS.items()
    }
    listed = re.findall(r"^\| `([\w-]+:[\w-]+)` \| ([^|]*) \| [^|]+ \|$", PAGE, re.MULTILINE)
    assert {name: re.findall(r"`(\w+)`", arguments) for name, arguments in listed} == hints
    bugs = re.findall(r"^\| (`[^|]+`) \| [^|]+ \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE)
    assert {name for row in bugs for name in re.findall(r"`([\w-]+:[\w-]+)`", row)} == GOOGLE.keys()


@pytest.mark.parametrize(
    ("package", "row"),
    [
        ("py3langid", {"instruction_id_list": ["language:response_language"], "kwargs": [{"language": "de"}]}),
        ("syllapy", {"instruction_id_list": ["words:odd_even_syllables"], "kwargs": [{}]}),
    ],
)
def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, package: str, row: dict[str, object]) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    languages._model.cache_clear()
    languages.known_languages.cache_clear()
    with pytest.raises(MissingExtra, match=package):
        get("instruct.ifeval").verify([sample(completion="Hallo Welt", **row)])


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("No sign", ["No sign"]),
        ("One. Two", ["One.", "Two"]),
        ("Dr. Low met J. Hart at 3.5 m. They left.", ["Dr. Low met J. Hart at 3.5 m.", "They left."]),
        ("It is in the U.S. now. It is in the U.S. Now go.", ["It is in the U.S. now.", "It is in the U.S.", "Now go."]),
        ("Pens, ink, etc. are sold. Pens, ink, etc. Buy them.", ["Pens, ink, etc. are sold.", "Pens, ink, etc.", "Buy them."]),
        ("Wait... what? Wait... What?", ["Wait... what?", "Wait...", "What?"]),
        ('He said "Go!" Then he left.', ['He said "Go!"', "Then he left."]),
        ("1. Red.\n2. Blue.", ["Red.", "Blue."]),
        ("Is it? ! No.", ["Is it? !", "No."]),
        ("See a.txt and b.com now.", ["See a.txt and b.com now."]),
        ("雨だ。風だ！", ["雨だ。", "風だ！"]),
        ("!!! ...", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_the_reference_cuts_otherwise() -> None:
    assert chain_sentences("1. Red. Really?!") == ["1.", "Red.", "Really?", "!"]
    assert treebank_tokens("I can't, it's NASA's (well-known).") == [
        *("I", "ca", "n't", ",", "it", "'s", "NASA", "'s", "(", "well-known", ")", "."),
    ]


SINGLE = {
    name: row for case in CASES if case.score is not None and len(ids_of(case)) == 1 for name, row in [(ids_of(case)[0], case)]
}
PLAIN = [case.sample.columns for name, case in SINGLE.items() if name not in PACKAGES]
pieces = [
    "* ",
    "\n",
    "a",
    "The ",
    "1. ",
    ". ",
    '"',
    "[x]",
    "<<",
    ">>",
    "-",
    "Dr. ",
    "?",
    "!",
    "é",
    "雨",
    "{",
    "}",
    "\t",
    "😀",
    "'",
    "\u0301",
]


@given(st.lists(st.sampled_from(pieces), max_size=40).map("".join), st.sampled_from(PLAIN), st.sampled_from([None, "google"]))
@settings(max_examples=examples(300), deadline=None)
def test_any_text_gets_a_score_and_loose_is_no_stricter_than_strict(
    text: str, row: dict[str, object], compat: str | None
) -> None:
    if compat and row["instruction_id_list"] == ["length_constraints:number_sentences"] and find_spec("punkt") is None:
        return
    one = sample(completion=text, **row)
    strict, loose = (get("instruct.ifeval", reading=r, compat=compat).verify([one])[0] for r in ("strict", "loose"))
    assert strict.status is loose.status is Status.SCORED, (strict.info, loose.info)
    assert strict.score <= loose.score


@given(st.text(max_size=60))
@settings(max_examples=examples(200), deadline=None)
def test_sentences_keep_every_letter(text: str) -> None:
    kept = "".join(character for character in text if character.isalpha())
    assert "".join(c for sentence in split(text) for c in sentence if c.isalpha()) == kept
