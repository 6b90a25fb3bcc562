"""The rows of the case files about sentences, captions and dresses: every one is whole, unique and of a known kind."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[1] / "cases"
LANGUAGES = {
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "sv", "cs", "da"),
    *("zh", "ja", "ko", "ar", "hi", "vi", "id"),
}
LEAST_OF_MEANING = {
    "announces": 70,
    "states": 130,
    "denies": 70,
    "doubts": 35,
    "asks": 40,
    "supposes": 45,
    "compares": 40,
    "hedges": 40,
    "corrects": 45,
    "reports": 40,
    "truncated": 20,
}
STANCE_FIELDS = {"id", "meaning", "language", "text", "states", "why"}
READERS = {"number", "maths", "choice", "text", "yesno"}
KINDS = {
    *("hedged dress", "declined box", "part", "truncated", "inequality"),
    *("heading", "review", "structured", "two-valued", "yes or no", "wrapped"),
}


def _rows(name: str) -> list[dict[str, Any]]:
    text = (CASES / name).read_text(encoding="utf-8")
    assert text.endswith("\n"), f"{name} has no newline at its end"
    return [json.loads(line) for line in text.splitlines()]


def _unique(values: list[str]) -> None:
    assert [value for value, count in Counter(values).items() if count > 1] == []


@pytest.fixture(scope="module")
def stances() -> list[dict[str, Any]]:
    return _rows("stance.jsonl")


def test_stances_have_their_fields(stances: list[dict[str, Any]]) -> None:
    for row in stances:
        assert row.keys() - {"reads"} == STANCE_FIELDS, row["id"]
        assert row["meaning"] in LEAST_OF_MEANING, row["id"]
        assert row["language"] in LANGUAGES, row["id"]
        assert isinstance(row["states"], bool), row["id"]
        assert row["why"], row["id"]
        assert set(row.get("reads", ["text"])) <= READERS, row["id"]
        assert row.get("reads") != [], row["id"]


def test_stances_are_unique_and_sorted_by_meaning(stances: list[dict[str, Any]]) -> None:
    _unique([row["id"] for row in stances])
    _unique([row["text"] for row in stances])
    meanings = [row["meaning"] for row in stances]
    assert list(dict.fromkeys(meanings)) == [
        meaning for meaning, previous in zip(meanings, [None, *meanings], strict=False) if meaning != previous
    ]


def test_places_for_values_are_where_they_must_be(stances: list[dict[str, Any]]) -> None:
    for row in stances:
        text = row["text"]
        assert text.count("{X}") == 1, row["id"]
        assert text.count("{Y}") <= 1, row["id"]
        rest = text.replace("{X}", "").replace("{Y}", "")
        assert "{" not in rest, row["id"]
        assert "}" not in rest, row["id"]
        if row["meaning"] in {"corrects", "hedges"}:
            assert "{Y}" in text, row["id"]
        if row["meaning"] in {"announces", "truncated"}:
            assert "{Y}" not in text, row["id"]


def test_only_statements_state(stances: list[dict[str, Any]]) -> None:
    for row in stances:
        if row["meaning"] == "corrects":
            assert row["states"] == (row["text"].index("{Y}") < row["text"].index("{X}")), row["id"]
        else:
            assert row["states"] == (row["meaning"] in {"states", "announces"}), row["id"]


def test_stances_are_many_and_wide(stances: list[dict[str, Any]]) -> None:
    assert len(stances) >= 450
    counts = Counter(row["meaning"] for row in stances)
    assert {meaning: least for meaning, least in LEAST_OF_MEANING.items() if counts[meaning] < least} == {}
    assert 0.35 <= sum(row["states"] for row in stances) / len(stances) <= 0.45
    assert 0.40 <= sum(row["language"] == "en" for row in stances) / len(stances) <= 0.50
    for language in LANGUAGES:
        own = [row for row in stances if row["language"] == language]
        assert len({row["meaning"] for row in own}) >= 9, language
        assert any(row["states"] for row in own), language


def test_captions_are_whole_and_unique() -> None:
    rows = _rows("captions.jsonl")
    for row in rows:
        assert row.keys() == {"id", "kind", "language", "answer", "digits", "paraphrase", "other"}, row["id"]
        assert row["kind"] in {"caption", "step", "reason", "definition", "explanation", "event"}, row["id"]
        assert row["language"] in LANGUAGES, row["id"]
        _unique(row["digits"])
        _unique([row["answer"], row["paraphrase"], row["other"], *row["digits"]])
        assert all(len(bare) < len(row["answer"]) for bare in ["", *row["digits"]]), row["id"]
        assert row["digits"], row["id"]
    for field in ("id", "answer", "paraphrase", "other"):
        _unique([row[field] for row in rows])


def test_captions_are_many_and_wide() -> None:
    rows = _rows("captions.jsonl")
    assert len(rows) >= 220
    assert sum(row["kind"] == "caption" for row in rows) >= 90
    assert sum(row["language"] != "en" for row in rows) >= 40
    assert len({row["language"] for row in rows}) >= 7
    assert min(Counter(row["kind"] for row in rows).values()) >= 20


def test_reader_rows_are_whole_and_unique() -> None:
    rows = _rows("readers.jsonl")
    for row in rows:
        assert row.keys() - {"prompt"} == {"answer", "completion", "pay", "kind", "why"}, row
        assert isinstance(row["pay"], bool), row
        assert all(value for field, value in row.items() if field != "pay"), row
    _unique([f"{row['answer']}: {row['completion']}" for row in rows])


def test_reader_rows_are_many_and_mostly_unpaid() -> None:
    rows = _rows("readers.jsonl")
    assert len(rows) >= 150
    paid = Counter(row["kind"] for row in rows if row["pay"])
    unpaid = Counter(row["kind"] for row in rows if not row["pay"])
    for kind in KINDS:
        assert unpaid[kind] >= paid[kind] >= 1, kind
    assert {*paid, *unpaid} == KINDS


def test_cross_answers_are_whole_unique_and_sorted() -> None:
    rows = _rows("cross_answers.jsonl")
    assert all(row.keys() == {"answer", "completion", "why"} for row in rows)
    pairs = [(row["answer"], row["completion"]) for row in rows]
    assert pairs == sorted(set(pairs))
