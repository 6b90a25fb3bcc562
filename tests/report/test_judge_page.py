"""The page about a judge: its tables, a curve drawn without a script, and texts that cannot leave their cells."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from rewardkit.judges.calibration.curves import curve
from rewardkit.judges.calibration.measures import Estimate, Rated
from rewardkit.report.judge_page import MOST_TEXT, write_judge_page
from rewardkit.report.page import digest

HOSTILE = "</td></table><script>document.title='HACKED'</script><img src=x onerror=alert(1)>{{body}}"
RATED = [Rated(place / 100, place % 100 < place) for place in range(1, 100)]


def measures(note: str = "") -> dict[str, Any]:
    found = {"suite": "rows", "judge": "model@host", "kind": "soft", "template": "binary@0123", "n": 99, "rated": 99}
    return {**found, "kappa": Estimate(0.01, -0.1, 0.12), "auc": Estimate(None), "note": note}


def written(folder: Path, **more: Any) -> str:
    given: dict[str, Any] = {
        "results": {"measures": [measures("at chance: κ holds 0")]},
        "curve": curve(RATED),
        "wrong": [],
        **more,
    }
    path = write_judge_page(folder / "page.html", given["results"], given["curve"], given["wrong"])
    return path.read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Every element that was opened, and whether all of them were closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(page: str) -> list[str]:
    parser = Tags()
    parser.feed(page)
    assert parser.open == []
    return parser.seen


def test_numbers_intervals_and_chance_are_on_the_page(tmp_path: Path) -> None:
    page = written(tmp_path)
    assert "rows, model@host as soft: κ 0.01 [-0.10, 0.12] over 99 labelled rows. At chance: κ holds 0." in page
    assert "model@host (binary@0123)" in page
    assert "0.01<br>[-0.10, 0.12]" in page
    assert '<td class="n">–</td>' in page
    assert len(tags(page)) > 40


def test_the_curve_is_drawn_where_its_bins_are(tmp_path: Path) -> None:
    page = written(tmp_path)
    points = re.search(r'polyline class="line" points="([^"]+)"', page)
    assert points is not None
    assert len(points[1].split()) == page.count('<circle class="point"') == 10
    xs = [float(point.split(",")[0]) for point in points[1].split()]
    assert xs == sorted(xs)
    assert 36 <= xs[0] < xs[-1] <= 312
    assert "polyline" not in written(tmp_path, curve=[])


def test_texts_stay_in_their_cells_and_nothing_runs(tmp_path: Path) -> None:
    row = {
        "suite": "rows",
        "id": 1,
        "prompt": HOSTILE,
        "answer": [HOSTILE],
        "completion": "x" * 9_000,
        "label": False,
        "score": 1.0,
    }
    page = written(tmp_path, wrong=[row])
    seen = tags(page)
    assert not {"script", "img"} & set(seen)
    assert "&lt;script&gt;" in page
    assert "x" * (MOST_TEXT + 1) not in page
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    assert f"style-src '{digest(style[1])}'" in page
    assert "style=" not in page.replace("style-src", "")


def test_only_so_many_errors_are_shown(tmp_path: Path) -> None:
    wrong = [{"suite": "rows", "id": place, "label": True, "score": 0.0} for place in range(600)]
    assert "Rows it got wrong (500 of 600)" in written(tmp_path, wrong=wrong)
