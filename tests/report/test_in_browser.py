"""What a reader sees of a report: wide and narrow, light and dark, with a pointer, by keys and with a screen reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser import DESKTOP, PHONE, Page, as_one_file

from rewardkit.report import write_report
from rewardkit.report.changes import compared
from rewardkit.report.changes_page import write_changes
from rewardkit.report.training import Training

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
HOSTILE = (
    "9 < 10</think></script><script>document.title='HACKED'</script><img src=x onerror=\"document.title='HACKED'\">"
    "<!--<script>\u202e\u2028\u2029{{data}}\ud800"
)
LONG = "w" * 3_000
SIGHTS = [(size, dark) for size in (DESKTOP, PHONE) for dark in (False, True)]
SIGHT_NAMES = [f"{'phone' if size is PHONE else 'desktop'}-{'dark' if dark else 'light'}" for size, dark in SIGHTS]


def records(count: int = 240) -> Iterator[dict[str, Any]]:
    """Rows of every outcome on three routes, four completions a prompt, with parts, votes and what a judge cost."""
    for i in range(count):
        route = ("number", "choice", "text")[i // 4 % 3]
        reward: float | None = (1.0, 0.0, 0.5, 1.0)[i % 4] if i % 10 != 9 else None
        status = "scored" if reward is not None else "error" if i % 20 == 19 else "abstained"
        reason = {1.0: "match", 0.0: "mismatch", 0.5: "partial", None: "needs_judge"}[reward]
        info: dict[str, Any] = {"parts": {"accuracy": {"score": reward, "reason": reason, "weight": 0.9}}}
        info["parts"]["format"] = {"score": float(i % 2), "reason": "match", "weight": 0.1}
        if route == "text":
            info |= {"source": "judged", "calls": 2, "prompt_tokens": 300, "completion_tokens": 20, "cost": 0.002}
            info["votes"] = [1.0, 1.0, float(i % 2)]
            info["panel"] = {"big": {"score": 1.0}, "small": {"score": float(i % 4 != 0)}}
        record = {"id": f"p{i // 4}#{i % 4}", "reward": reward, "status": status, "reason": reason, "route": route}
        record |= {"verifier": f"{route}.equal", "seconds": 1e-4 * (i % 97 + 1), "answer": "42", "extracted": "42"}
        yield record | {
            "prompt": f"Question {i // 4}?",
            "completion": f"Let me think. <answer>42</answer> zebra{i}",
            "info": info,
        }


def hostile() -> Iterator[dict[str, Any]]:
    for i, text in enumerate((HOSTILE, LONG, HOSTILE, LONG)):
        record = {"id": text, "reward": float(i % 2), "status": "scored", "reason": text, "verifier": text, "route": text}
        info = {"parts": {text: {"score": 1.0, "reason": text, "weight": 1}}, "panel": {text: {"score": 1}, "b": {"score": 0}}}
        info |= {"stages": [{"verifier": text, "score": 0.0}]}
        yield record | {"seconds": 0.5, "answer": text, "extracted": text, "prompt": text, "completion": text, "info": info}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(records(), tmp_path_factory.mktemp("report") / "report.html", title="Checked <in> a browser")


def settle(page: Page) -> None:
    page.run("new Promise((done) => setTimeout(done, 0))")
    page.until("!document.querySelector('[aria-busy=true]')")


def text(page: Page, selector: str) -> str:
    return str(page.run(f"looks.text({json.dumps(selector)})"))


def use(page: Page, script: str) -> None:
    """Do something in the page and wait for what follows from it."""
    page.run(script)
    settle(page)


def shown(page: Page) -> int:
    """How many rows the page says that it shows."""
    return int(text(page, "#count").split()[0].replace(",", ""))


def look(page: Page) -> Page:
    page.run(LOOKS)
    return page


@pytest.mark.parametrize(("size", "dark"), SIGHTS, ids=SIGHT_NAMES)
def test_everything_is_to_be_seen(show: Open, report: Path, size: tuple[int, int], dark: bool) -> None:
    page = look(show(report, size, dark=dark))
    assert text(page, "h1") == "Checked <in> a browser"
    assert "240 rows, mean reward" in text(page, "#summary")
    for panel, words in {
        "#routes": ("number", "choice", "text"),
        "#reasons": ("match", "mismatch", "partial", "needs_judge", "the answer is right"),
        "#histogram": ("mean 0.",),
        "#parts": ("accuracy", "format", "0.9"),
        "#times": ("number", "ms"),
        "#slowest": ("9.7 ms",),
        "#prompts": ("pass@1", "pass@4", "majority", "60 prompts"),
        "#judges": ("Calls", "160", "25,600", "asked of the judge", "big", "small", "75 %", "one mind"),
    }.items():
        seen = text(page, panel)
        assert all(word in seen for word in words), (panel, seen)
    assert shown(page) == 240
    assert page.run("[...document.querySelectorAll('#body .row')].filter(looks.shows).length") == 50
    assert page.run("looks.faint()") == []
    assert not page.run("looks.wide()")
    assert page.run("looks.outside()") == []
    as_one_file(page, dark=dark)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_hostile_rows_are_text_and_stay_in_their_places(show: Open, tmp_path: Path, size: tuple[int, int]) -> None:
    page = look(show(write_report(hostile(), tmp_path / "hostile.html"), size))
    use(page, "document.querySelectorAll('[data-row]').forEach((_, i) => document.querySelectorAll('[data-row]')[i].click())")
    assert page.run("document.querySelectorAll('.trace').length") == 4
    assert "document.title='HACKED'" in text(page, ".trace")
    assert page.run("document.title") == "Reward report"
    assert page.run("document.querySelectorAll('img, #body script, main script').length") == 0
    assert not page.run("looks.wide()")
    assert page.run("looks.outside()") == []
    assert page.problems == []
    # A reason that no address can hold as it stands is filtered by all the same.
    use(page, "document.querySelector('#reasons .link').click()")
    assert shown(page) == 2


def test_a_chart_tells_its_values_under_the_pointer_and_by_keys(show: Open, report: Path) -> None:
    page = look(show(report))
    page.point("#histogram svg", 0.99)
    assert "reward 0.95 to 1" in text(page, "#histogram .tip")
    rows = page.run("document.querySelectorAll('#histogram .tip span')[1].textContent")
    page.run("document.querySelector('#histogram details').open = true")
    page.until("document.querySelectorAll('#histogram details tbody tr').length === 20")
    assert rows.split()[0] == page.run(
        "[...document.querySelectorAll('#histogram details tbody tr')].at(-1).cells[1].textContent"
    )
    page.point("h1")
    assert text(page, "#histogram .tip") == ""
    page.run("document.querySelector('#histogram svg').focus({focusVisible: true})")
    page.press("End", "ArrowLeft")
    assert "reward 0.9 to 0.95" in text(page, "#histogram .tip")
    assert page.run("document.querySelector('#histogram svg').getAttribute('aria-valuetext')").startswith("reward 0.9 to 0.95;")
    page.press("Escape")
    assert text(page, "#histogram .tip") == ""


def test_a_link_keeps_the_filter_and_its_address_brings_it_back(show: Open, report: Path) -> None:
    page = look(show(report))
    use(page, "[...document.querySelectorAll('#routes .link')].find((link) => link.textContent === 'choice').click()")
    assert shown(page) == 80
    assert page.run("document.activeElement.id") == "rows"
    use(page, "[...document.querySelectorAll('#reasons .link')].find((link) => link.textContent === 'mismatch').click()")
    assert "of the rows with route choice" in text(page, "#reasons").lower()
    number = shown(page)
    assert 0 < number < 80
    address = page.run("location.hash")
    assert address == "#reason=mismatch&route=choice"
    assert (page.run("route.value"), page.run("reason.value")) == ("choice", "mismatch")
    reasons = page.run("[...document.querySelectorAll('#body .c-reason')].map((cell) => cell.textContent)")
    assert set(reasons) == {"mismatch"}
    assert len(reasons) == min(number, 50)
    again = look(show(report, hash=address))
    assert shown(again) == number
    use(again, "document.querySelector('[data-row]').click()")
    row = again.run("document.querySelector('[data-row]').dataset.row")
    use(again, "document.querySelector('.trace .link').click()")
    assert again.run("location.hash") == f"{address}&row={row}"
    kept = again.run("[...document.querySelectorAll('#times .link')].find((link) => link.textContent === 'text').hash")
    assert kept == "#reason=mismatch&route=text", "what was drawn once keeps the filter of now"
    use(again, "document.querySelector('#slowest .link').click()")
    assert again.run("document.activeElement.textContent") == again.run("document.querySelector('#slowest .link').textContent")
    assert shown(again) == 240
    use(again, "history.back()")
    use(again, "history.back()")
    use(again, "reset.click()")
    assert shown(again) == 240
    assert again.run("document.activeElement.id") == "query"


def test_a_row_is_found_by_text_order_and_address(show: Open, report: Path) -> None:
    page = look(show(report))
    use(page, "query.value = 'ZEBRA239'; filters.requestSubmit()")
    assert (shown(page), text(page, "#body .c-reward")) == (1, "× –")
    page = look(show(report, hash="#row=130"))
    assert page.run("document.activeElement.dataset.row") == "130"
    assert "zebra129" in text(page, ".trace")
    assert page.run("[...document.querySelectorAll('#body mark')].map((node) => node.textContent)") == ["42"]
    assert "101–150 of 240" in text(page, "#pager")
    use(page, "document.querySelector('[data-by=seconds] button').click()")
    assert page.run("document.querySelector('[aria-sort]').getAttribute('aria-sort')") == "descending"
    times = page.run("[...document.querySelectorAll('#body .c-seconds')].map((cell) => parseFloat(cell.textContent))")
    assert times == sorted(times, reverse=True)
    use(page, "document.querySelector('[data-by=reward] button').click()")
    use(page, "location.hash = '#sort=-reward&page=5'")
    assert page.run("[...document.querySelectorAll('#body .c-reward')].at(-1).textContent.trim().slice(-1)") == "–"


def test_each_prompt_has_its_chances_and_spread_and_leads_to_its_rows(show: Open, report: Path) -> None:
    page = look(show(report))
    page.run("document.querySelector('#prompts details').open = true")
    page.until("document.querySelectorAll('#prompts details tbody tr').length === 20")
    first = page.run("[...document.querySelector('#prompts details tbody tr').cells].map((cell) => cell.textContent)")
    assert first == ["Question 0?", "4", "2 of 4", "50 %", "", "0.625", "0.415"]
    page.run("{ const k = document.querySelectorAll('#prompts select')[1]; k.value = 2; k.dispatchEvent(new Event('change')); }")
    page.until("document.querySelector('#prompts details thead').textContent.includes('pass@2')")
    assert page.run("document.querySelector('#prompts details tbody tr').cells[3].textContent") == "83.3 %"
    use(page, "document.querySelector('#prompts details tbody .link').click()")
    assert (shown(page), text(page, "#chosen")) == (4, "Only the rows of prompt 1. All prompts")
    assert page.run("[...document.querySelectorAll('#body [data-row]')].map((node) => node.textContent)") == [
        f"p0#{i}" for i in range(4)
    ]


def test_the_page_is_used_by_keys_alone(show: Open, report: Path) -> None:
    page = look(show(report))
    page.press("Tab")
    assert text(page, ".skip") == "Skip to the rows"
    page.press("Enter")
    settle(page)
    page.press("Tab")
    assert page.run("document.activeElement.id") == "query"
    order = []
    for _ in range(5):
        page.press("Tab")
        order.append(page.run("document.activeElement.id"))
    assert order == ["status", "reason", "route", "verifier", "reset"]
    page.run("document.querySelector('[data-row]').focus()")
    page.press("Enter")
    assert page.run("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert "zebra0" in text(page, ".trace")
    page.press("ArrowDown")
    assert page.run("document.activeElement.dataset.row") == "2"
    page.press("/")
    assert page.run("document.activeElement.id") == "query"
    page.press("q", "Escape")
    settle(page)
    assert (page.run("query.value"), shown(page)) == ("", 240)
    outline = page.run("query.focus({focusVisible: true}), getComputedStyle(query).outlineStyle")
    assert outline == "solid"


def test_a_screen_reader_is_told_what_everything_is(show: Open, report: Path) -> None:
    page = look(show(report))
    page.run("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    page.until("document.querySelectorAll('#prompts details tbody tr').length === 20")
    use(page, "document.querySelector('[data-row]').click()")
    named = page.named()
    assert [role for role, name in named if not name and role not in ("RootWebArea", "generic", "Pre")] == []
    assert ("slider", page.run("document.querySelector('#histogram svg').getAttribute('aria-label')")) in named
    levels = page.run("[...document.querySelectorAll('h1, h2, h3')].filter(looks.shows).map((node) => Number(node.tagName[1]))")
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert page.run(
        "[...document.querySelectorAll('table')].every((node) => node.ariaLabel || node.getAttribute('aria-labelledby'))"
    )
    assert page.run("[...document.querySelectorAll('label')].every((node) => node.control)")
    assert page.run("count.getAttribute('role')") == "status"


def test_curves_tell_each_step(show: Open, tmp_path: Path) -> None:
    rows = [row | {"step": i // 8, "reward": float(i % 8 < i // 48)} for i, row in enumerate(records(480))]
    page = look(show(write_report(rows, tmp_path / "run.html", training=Training.of(rows)), PHONE))
    page.point("#curves svg", 0.999)
    said = text(page, "#curves .tip")
    assert said.startswith("step 59")
    assert "all 1" in said
    page.run("document.querySelector('#curves details').open = true")
    page.until("document.querySelectorAll('#curves details tbody tr').length === 60")
    assert not page.run("looks.wide()")
    assert page.run("looks.faint()") == []


@pytest.mark.parametrize(("size", "dark"), SIGHTS, ids=SIGHT_NAMES)
def test_two_files_are_compared_by_outcome_reason_and_route(
    show: Open, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    after = [row | ({"reward": 0.0, "reason": "no_answer"} if i % 4 == 0 else {}) for i, row in enumerate(records())]
    written = write_changes(compared(records(), after), tmp_path / "compare.html", before="a.jsonl", after="b.jsonl")
    page = look(show(written, size, dark=dark))
    assert text(page, ".summary") == "60 of 240 rows changed."
    assert "60 rows below." in text(page, "#shown")
    page.run("[...document.querySelectorAll('[data-key=route]')].find((link) => link.textContent === 'text').click()")
    page.until("location.hash === '#route=text'")
    seen = "[...document.querySelectorAll('[data-reason]')].filter(looks.shows).length"
    page.until(f"{seen} === 20")
    assert "20 of 60 rows below: route text" in text(page, "#shown")
    page.run("document.querySelector('[data-key=reason]').click()")

    page.until("document.getElementById('shown').textContent.includes('reason match')")
    again = look(show(written, hash=page.run("location.hash")))
    assert again.run(seen) == page.run(seen) > 0
    assert ("link", "60: paid → unpaid") in page.named()
    assert page.run("looks.faint()") == []
    assert not page.run("looks.wide()")
    assert page.problems == []
