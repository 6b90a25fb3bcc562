"""What is written, read back without a browser: `test_in_browser.py` beside this looks at what a browser makes of it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from array import array
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import UsageError
from rewardkit.report import page, read_records, write_report
from rewardkit.report.totals import histogram
from rewardkit.report.values import shorten

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]></title></style><svg onload=alert(1)>",
    "{{script}} {{data}} {{nothing}}",
    "a & b &lt; &amp;",
    "\u2028\u2029\x00\x1b[31m\u202e",
    "\ud800 lone surrogate",
)


class Page(HTMLParser):
    """The elements and attributes of a page, and the text of each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attrs, text) for (name, attrs), text in zip(self.elements, self.texts, strict=True) if name == tag]


def record(i: int = 0, **more: Any) -> dict[str, Any]:
    known = {"id": f"row-{i}", "reward": 1.0, "status": "scored", "reason": "match", "verifier": "number.equal"}
    return {**known, "extracted": "42", "seconds": 0.25, **more}


def write(tmp_path: Path, records: list[dict[str, Any]], **more: Any) -> str:
    return write_report(iter(records), tmp_path / "report.html", **more).read_text(encoding="utf-8")


def embedded(text: str) -> dict[str, Any]:
    [data] = [body for attrs, body in Page(text).all("script") if attrs.get("id") == "data"]
    return json.loads(data)


def rows(text: str) -> list[dict[str, Any]]:
    data = embedded(text)
    return [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]


def by(name: str, totals: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The kinds of rows merged as the page does it; the route of a row without one is its verifier."""
    found: dict[str, dict[str, Any]] = {}
    for kind in totals["kinds"]:
        key = kind[name] or kind["verifier"]
        sums = found.setdefault(
            key, dict.fromkeys(("rows", "scored", "reward", "calls", "tokens", "cost"), 0) | {"status": kind["status"]}
        )
        for one in ("rows", "scored", "reward", "calls", "tokens", "cost"):
            sums[one] += kind[one]
    return found


def test_what_judging_cost_is_shown_by_route(tmp_path: Path) -> None:
    spent = {"calls": 1, "controls": 1, "prompt_tokens": 90, "completion_tokens": 10, "cost": 0.25}
    odd = {"calls": "many", "prompt_tokens": float("inf"), "cost": None}
    given = [record(0, route="text", info=spent), record(1, route="text", info=spent), record(2, info=odd), record(3)]
    totals = embedded(write(tmp_path, given))["totals"]
    assert (totals["calls"], totals["tokens"], totals["cost"]) == (4, 200, 0.5)
    assert {name: (r["calls"], r["tokens"], r["cost"]) for name, r in by("route", totals).items()} == {
        "text": (4, 200, 0.5),
        "number.equal": (0, 0, 0.0),
    }


def test_totals_leave_undecided_rows_out_of_the_mean(tmp_path: Path) -> None:
    undecided = {"reward": None, "status": "abstained", "reason": "needs_judge", "seconds": 0.5}
    failed = {"reward": None, "status": "error", "reason": "exception", "seconds": 1.0}
    partial = {"reward": 0.5, "reason": "partial", "route": "text"}
    wrong = {"reward": 0, "reason": "mismatch", "seconds": 2.0}
    given = [record(), record(1, **wrong), record(2, **partial), record(3, **undecided), record(4, **failed)]
    totals = embedded(write(tmp_path, given))["totals"]
    assert (totals["rows"], totals["scored"], totals["abstained"], totals["error"]) == (5, 3, 1, 1)
    assert (totals["mean"], totals["full"], totals["none"]) == (0.5, 1, 1)
    assert (totals["seconds"], totals["per_second"]) == (4.0, 1.25)
    assert [row["id"] for row in totals["slowest"]] == ["row-1", "row-4", "row-3", "row-0", "row-2"]
    routes = by("route", totals)
    assert {name: (r["rows"], r["scored"], r["reward"]) for name, r in routes.items()} == {
        "number.equal": (4, 2, 1.0),
        "text": (1, 1, 0.5),
    }
    assert {name: (r["status"], r["rows"]) for name, r in by("reason", totals).items()} == {
        "match": ("scored", 1),
        "mismatch": ("scored", 1),
        "partial": ("scored", 1),
        "needs_judge": ("abstained", 1),
        "exception": ("error", 1),
    }
    assert totals["meanings"]["match"] == "the answer is right"


def test_no_rows_have_no_mean(tmp_path: Path) -> None:
    totals = embedded(write(tmp_path, []))["totals"]
    assert (totals["rows"], totals["mean"], totals["per_second"], totals["histogram"]) == (0, None, None, None)


def test_histogram_widens_beyond_zero_and_one(tmp_path: Path) -> None:
    counts = histogram(array("d", [0, 0.05, 0.999, 1]))
    assert counts is not None
    assert (counts["low"], counts["high"], counts["counts"][0], counts["counts"][1], counts["counts"][-1]) == (0, 1, 1, 1, 2)
    wide = embedded(write(tmp_path, [record(reward=-3.0), record(reward=2)]))["totals"]["histogram"]
    assert (wide["low"], wide["high"], wide["counts"][0], wide["counts"][-1]) == (-3, 2, 1, 1)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("column", ["id", "completion", "extracted", "answer", "prompt", "reason", "verifier", "route", "status"])
def test_hostile_text_stays_data(tmp_path: Path, column: str, text: str) -> None:
    written = write(tmp_path, [record(**{column: text})])
    assert rows(written)[0][column] == text
    assert [tag for tag, _ in Page(written).elements] == [tag for tag, _ in Page(write(tmp_path, [record()])).elements]


def test_hostile_info_title_and_source_stay_data(tmp_path: Path) -> None:
    text = "".join(HOSTILE[:-1])
    written = write(tmp_path, [record(info={text: [text]})], title=text, source=text)
    assert json.loads(rows(written)[0]["info"]) == {text: [text]}
    assert [tag for tag, _ in Page(written).elements] == [tag for tag, _ in Page(write(tmp_path, [record()])).elements]
    assert Page(written).all("title")[0][1].count("<script>") == 2


@given(text=st.text())
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    written = write(tmp_path_factory.getbasetemp(), [record(completion=text)])
    assert rows(written)[0]["completion"] == text


def test_page_asks_nothing_of_the_network_and_runs_only_its_own_script(tmp_path: Path) -> None:
    written = write(tmp_path, [record(completion="https://example.org/x.js")])
    found = Page(written)
    for tag, attributes in found.elements:
        assert not {"src", "srcset", "data", "action", "style"} & attributes.keys(), tag
        assert not any(name.startswith("on") for name in attributes), tag
        assert attributes.get("href", "#").startswith("#")
    assert not re.search(r"@import|url\(", "".join(text for _, text in found.all("style")))
    policy = next(attrs["content"] for attrs, _ in found.all("meta") if attrs.get("http-equiv") == "Content-Security-Policy")
    scripts = [text for attrs, text in found.all("script") if "type" not in attrs]
    [style] = [text for _, text in found.all("style")]
    *allowed, of_style = [f"'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for t in (*scripts, style)]
    assert policy is not None
    assert html.unescape(policy).startswith(f"default-src 'none'; script-src {' '.join(allowed)}; style-src {of_style};")


@pytest.mark.parametrize("name", [*page.SCRIPTS, "compare"])
def test_script_builds_no_markup_from_text(name: str) -> None:
    script = page.part(f"{name}.js")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser", script)
    assert not re.search(r"\bfetch\b|XMLHttpRequest|https?://(?!www\.w3\.org/2000/svg)", script)


def test_long_texts_keep_head_and_tail_and_the_page_says_so(tmp_path: Path) -> None:
    text = "start " + "x" * 50_000 + " <answer>42</answer>"
    data = embedded(write(tmp_path, [record(completion=text)]))
    head, left_out, tail = rows(write(tmp_path, [record(completion=text)]))[0]["completion"]
    assert data["text_limit"] == page.MAX_TEXT == len(head) + len(tail) == len(text) - left_out
    assert head.startswith("start")
    assert tail.endswith("<answer>42</answer>")
    assert embedded(write(tmp_path, [record()]))["text_limit"] is None


@given(text=st.text(), limit=st.integers(1, 50))
def test_shortened_text_accounts_for_every_character(text: str, limit: int) -> None:
    short = shorten(text, limit)
    if isinstance(short, str):
        assert short == text
    else:
        head, left_out, tail = short
        assert len(head) + len(tail) == limit
        assert isinstance(left_out, int)
        assert head == text[: len(head)]
        assert tail == text[len(head) + left_out :]


def test_reasons_that_are_sentences_make_no_page_of_their_own(tmp_path: Path) -> None:
    given = [record(i, reason=f"sentence {i}", status=f"odd {i}") for i in range(2_500)]
    totals = embedded(write(tmp_path, given))["totals"]
    assert len(totals["kinds"]) == 2_001
    assert totals["kinds"][-1] | {"rows": 500, "reason": "(others)", "status": "(others)"} == totals["kinds"][-1]


def test_time_is_told_by_route(tmp_path: Path) -> None:
    slow = [record(i, route="text", seconds=float(i)) for i in range(1, 101)]
    times = embedded(write(tmp_path, [*slow, record(seconds=0.5), record(seconds=1.5)]))["totals"]["times"]
    assert times == [
        {"name": "text", "rows": 100, "seconds": 5050.0, "median": 50.0, "high": 95.0, "most": 100.0},
        {"name": "number.equal", "rows": 2, "seconds": 2.0, "median": 0.5, "high": 0.5, "most": 1.5},
    ]
    assert embedded(write(tmp_path, [record(seconds=None)]))["totals"]["times"] == []


def test_numbers_beyond_all_measure_are_no_numbers(tmp_path: Path) -> None:
    given = [record(i, reward=reward, seconds=1e308) for i, reward in enumerate((1e308, 1e308, -1e308))]
    data = embedded(write(tmp_path, given))
    assert (data["totals"]["mean"], data["totals"]["seconds"]) == (None, None)
    assert [row[2] for row in data["rows"]] == [1e308, 1e308, -1e308]


def test_strange_values_are_shown_and_never_become_a_reward(tmp_path: Path) -> None:
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    chat = [{"role": "assistant", "content": "hi"}]
    odd = record(reward=float("nan"), seconds=float("inf"), id=None, answer=["a", 2], extracted=4.5, info={"x": float("nan")})
    odder = record(reward=10**400, status=None, reason=None, verifier=None, info=loop, completion=chat)
    written = write(tmp_path, [odd, odder])
    first, second = rows(written)
    assert (first["reward"], first["seconds"], first["id"], first["answer"], first["extracted"]) == (None, 0, "1", "a | 2", "4.5")
    assert (second["reward"], second["status"], second["reason"], second["verifier"]) == (None, "error", "unstated", "none")
    assert second["completion"] == "hi"


def test_records_are_read_and_broken_lines_counted(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(json.dumps(record()) + "\n\n[1]\n" + "[" * 100_000 + "\n" + json.dumps(record(1))[:-9], encoding="utf-8")
    read = list(read_records(path))
    assert [r["id"] for r in read] == ["row-0", "line 3", "line 4", "line 5"]
    assert [r["reason"] for r in read] == ["match", "bad_row", "bad_row", "bad_row"]
    assert {r["reward"] for r in read[1:]} == {None}
    assert embedded(write(tmp_path, read))["totals"]["error"] == 3


def test_a_record_that_is_not_utf8_is_counted_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(json.dumps(record()).encode() + b'\n{"reward": 1.0, "status": "scored", "id": "\xc4"}\n')
    _, broken = read_records(path)
    assert (broken["reward"], broken["status"], broken["reason"]) == (None, "error", "bad_row")
    assert broken["info"]["message"].startswith("not UTF-8: byte 44 of the line is 0xC4; wanted UTF-8")


def test_a_file_that_was_not_scored_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"problem": "1 + 1", "completion": "2"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 1: .*rewardkit score"):
        list(read_records(path))
