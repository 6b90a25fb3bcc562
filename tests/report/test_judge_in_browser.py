"""What a reader sees of the page about a judge: wide and narrow, light and dark, and with hostile rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser import DESKTOP, PHONE, Page, as_one_file

from rewardkit.judges.calibration.curves import curve
from rewardkit.judges.calibration.measures import Estimate, Measure, Rated, estimates, words
from rewardkit.report.judge_page import write_judge_page

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
HOSTILE = "</td></table><script>document.title='HACKED'</script><img src=x onerror=\"document.title='HACKED'\">" + "w" * 3_000
# A table that is too wide scrolls in its section; nothing else reaches beyond the page.
BEYOND = """[...document.querySelectorAll('header, header *, section')].filter((node) =>
  node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.tagName)"""
SIGHTS = [(size, dark) for size in (DESKTOP, PHONE) for dark in (False, True)]
SIGHT_NAMES = [f"{'phone' if size is PHONE else 'desktop'}-{'dark' if dark else 'light'}" for size, dark in SIGHTS]
RATED = [Rated(place / 120, place % 3 == 0, f"question {place // 6}") for place in range(120)]


def page_of(folder: Path, text: str = "Why is the sky blue?") -> Path:
    found = estimates(RATED)
    about: dict[str, Any] = {"suite": "labelled rows", "judge": "model@host", "kind": "soft", "template": "binary@0123", "n": 120}
    measures = {**about, "rated": 120, **{measure.value: found[measure] for measure in Measure}, "note": words(found)}
    probe = {"probe": "verbosity", "rows": 90, "paid plain": 0.4, "paid dressed": 0.7, "changed": Estimate(0.3, 0.2, 0.4)}
    row = {"suite": text, "id": 7, "prompt": text, "answer": [text], "completion": text, "label": False, "score": 1.0}
    wrong = [{**row, "reason": "match", "reply": text}] * 30
    return write_judge_page(folder / "judge.html", {"measures": [measures], "probes": [probe]}, curve(RATED), wrong)


def text(page: Page, selector: str) -> str:
    return str(page.run(f"looks.text({json.dumps(selector)})"))


def look(page: Page) -> Page:
    page.run(LOOKS)
    return page


@pytest.mark.parametrize(("size", "dark"), SIGHTS, ids=SIGHT_NAMES)
def test_measures_curve_and_errors_are_to_be_seen(show: Open, tmp_path: Path, size: tuple[int, int], dark: bool) -> None:
    page = look(show(page_of(tmp_path), size, dark=dark))
    assert text(page, "h1") == "What a judge is worth"
    seen = text(page, "body")
    for words_seen in (
        "at chance: κ",
        "model@host (binary@0123)",
        "verbosity",
        "0.30",
        "[0.20, 0.40]",
        "Rows it got wrong (30 of 30)",
    ):
        assert words_seen.casefold() in seen.casefold(), words_seen
    assert page.run("[...document.querySelectorAll('svg circle.point')].filter(looks.shows).length") == 10
    assert page.run("[...document.querySelectorAll('svg polyline')].filter(looks.shows).length") == 1
    assert page.run("looks.faint()") == []
    assert not page.run("looks.wide()")
    assert page.run(BEYOND) == []
    as_one_file(page, dark=dark)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_hostile_rows_are_text_and_stay_in_their_places(show: Open, tmp_path: Path, size: tuple[int, int]) -> None:
    page = look(show(page_of(tmp_path, HOSTILE), size))
    assert page.run("document.title") == "What a judge is worth"
    assert "document.title='HACKED'" in text(page, "body")
    assert page.run("document.querySelectorAll('img, script').length") == 0
    assert not page.run("looks.wide()")
    assert page.run(BEYOND) == []
    assert page.problems == []
