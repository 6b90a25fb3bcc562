"""More rows than a page should hold: they stand in files beside it, and are loaded as they are looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Page
from test_in_browser import HOSTILE, look, records, settle, shown, text, use

from rewardkit.errors import UsageError
from rewardkit.report import chunks, write_report

Open = Callable[..., Page]
ROWS = 8_000
PAGE = 120_000  # bytes, whatever the rows; a million make one of 91,000


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "PAGE_BYTES", 1_000_000)
        patch.setattr(chunks, "CHUNK_BYTES", 32_000)
        yield write_report(records(ROWS), tmp_path_factory.mktemp("big") / "my report.html")


def parts(page: Path) -> list[Path]:
    return sorted(page.with_name(f"{page.stem}.rows").iterdir())


def test_rows_beside_the_page_are_whole_and_the_page_is_small(big: Path) -> None:
    assert big.stat().st_size < PAGE
    numbered = [path for path in parts(big) if path.stem.isdigit()]
    assert len(numbered) > 50
    assert max(path.stat().st_size for path in numbered) < 2 * chunks.CHUNK_BYTES
    rows = []
    for place in range(len(numbered)):
        said = (numbered[0].parent / f"{place}.js").read_text(encoding="ascii")
        assert said.startswith(f'rewardkitPart("{place}",[[')
        rows += json.loads(said.split(",", 1)[1].removesuffix(");\n"))
    assert [row[0] for row in rows] == [*range(1, ROWS + 1)]


def test_memory_does_not_hold_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "PAGE_BYTES", 100_000)
    held = []
    add = chunks.Chunks.add

    def adding(self: chunks.Chunks, values: Any) -> None:
        add(self, values)
        held.append(sum(map(len, self._held)) + sum(map(len, self._chunk)))

    monkeypatch.setattr(chunks.Chunks, "add", adding)
    write_report(records(4_000), tmp_path / "page.html")
    assert max(held) < 100_000 + 2 * chunks.CHUNK_BYTES


def test_a_smaller_report_takes_the_folder_away_and_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, folder = tmp_path / "page.html", tmp_path / "page.rows"
    monkeypatch.setattr(chunks, "PAGE_BYTES", 1_000)
    write_report(records(400), page)
    assert folder.is_dir()
    with pytest.raises(OSError, match="Is a directory"):
        write_report(records(400), tmp_path)
    write_report(records(1), page)
    assert not folder.exists()
    folder.mkdir()
    write_report(records(1), page)
    assert folder.is_dir(), "an empty folder is not ours to take away"
    (folder / "mine.txt").write_text("kept")
    with pytest.raises(UsageError, match=r"page\.rows is no report's"):
        write_report(records(400), page)
    write_report(records(1), page)
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "page.rows"]


@pytest.mark.browser
def test_files_are_loaded_as_their_rows_are_looked_at(show: Open, big: Path) -> None:
    page = look(show(big))
    assert shown(page) == ROWS
    assert loaded(page) == ["0"], "the first screen needs the first rows only"
    assert "in the folder my report.rows" in text(page, "#notes")
    use(page, "[...document.querySelectorAll('#pager button')].find((node) => node.textContent === 'Last').click()")
    last = str(len([path for path in parts(big) if path.stem.isdigit()]) - 1)
    assert loaded(page)[:2] == ["0", last] or set(loaded(page)) <= {"0", last, str(int(last) - 1)}
    assert "p1999#3" in text(page, "#body")
    use(page, "location.hash = '#route=choice&reason=mismatch'")
    assert "kind" in loaded(page)
    assert shown(page) == sum(r["route"] == "choice" and r["reason"] == "mismatch" for r in records(ROWS))
    assert set(page.run("[...document.querySelectorAll('#body .c-reason')].map((cell) => cell.textContent)")) == {"mismatch"}
    use(page, "location.hash = '#sort=-seconds'")
    times = page.run("[...document.querySelectorAll('#body .c-seconds')].map((cell) => cell.textContent)")
    assert set(times) == {"9.7 ms"}
    assert len(loaded(page)) < int(last) * 2 // 3, "fifty rows, each in another file at most"
    assert page.problems == []


@pytest.mark.browser
def test_prompts_and_texts_are_found_beside_the_page(show: Open, big: Path) -> None:
    page = look(show(big, hash="#prompt=1321"))
    assert page.run("[...document.querySelectorAll('#body [data-row]')].map((node) => node.textContent)") == [
        f"p1320#{i}" for i in range(4)
    ]
    page.run("document.querySelector('#prompts details').open = true")
    page.until("document.querySelectorAll('#prompts details tbody tr').length === 20")
    use(page, "location.hash = '#q=zebra7876'")
    page.until("document.querySelectorAll('#body .row').length === 1")
    settle(page)
    assert (shown(page), text(page, "#body .c-id").strip()) == (1, "p1969#0")
    # A search that is left stops reading.
    use(page, "location.hash = '#q=zebra1'; setTimeout(() => { location.hash = '#all'; }, 1)")
    page.until("looks.text('#count').startsWith('8,000')")
    assert page.problems == []


@pytest.mark.browser
def test_rows_beside_the_page_are_as_dead_as_those_inside(show: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "PAGE_BYTES", 1_000)
    rows = [{**row, "completion": HOSTILE, "id": HOSTILE} for row in records(20)]
    page = look(show(write_report(rows, tmp_path / "hostile.html")))
    use(page, "document.querySelector('[data-row]').click()")
    assert "document.title='HACKED'" in text(page, ".trace")
    assert page.run("document.title") == "Reward report"
    # What the policy allows is the page's own loading; markup that got in would load and run nothing.
    markup = '<img src=x.png onerror="document.title=1"><script src=x.js></script>'
    page.run(f"document.body.insertAdjacentHTML('beforeend', {json.dumps(markup)})")
    settle(page)
    assert page.run("document.title") == "Reward report"
    assert [one.get("blockedReason") for one in page.browser.events("Network.loadingFailed", page.session)] == ["csp"]


@pytest.mark.browser
def test_a_page_without_its_folder_says_so(show: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "PAGE_BYTES", 1_000)
    page = write_report(records(40), tmp_path / "page.html")
    (tmp_path / "page.rows").rename(tmp_path / "elsewhere")
    seen = look(show(page))
    assert "page.rows/0.js: the folder belongs beside this page" in text(seen, "#nothing")
    assert "40 rows, mean reward" in text(seen, "#summary")


def loaded(page: Page) -> list[str]:
    """The names of the files beside the page that it has asked for."""
    return [url.rpartition("/")[2].removesuffix(".js") for url in page.asked if url.endswith(".js")]
