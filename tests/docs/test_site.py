"""The site as a reader's browser has it: opened as a file and served, wide and narrow, light and dark, without a network."""

from __future__ import annotations

import functools
import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import DESKTOP, MISSING, PHONE, Browser, Page, chromium, started
from doc_pages import DOCS, ROOT
from patience import HANG_S

pytest.importorskip("mkdocs", reason="the site is built by the packages of the extra docs")
pytest.importorskip("mkdocstrings", reason="the site is built by the packages of the extra docs")
pytestmark = pytest.mark.slow

LOOKED_AT = (
    "index.html",
    "guide/cookbook.html",
    "reference/api.html",
    "reference/equality-cases.html",
    "reference/leaderboard.html",
)
SHOWN = "(one) => one.checkVisibility() && one.getBoundingClientRect().width > 0"
TABLE = "document.querySelector('article table[data-long]')"
# The contrast of a colour with another one, as WCAG has it.
CONTRAST = """
(() => {
  const light = (colour) => {
    const shares = colour.match(/[\\d.]+/g).map((value) => Number(value) / 255);
    const [r, g, b] = shares.map((share) => (share <= .04045 ? share / 12.92 : ((share + .055) / 1.055) ** 2.4));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  // A colour, perhaps half transparent, on a ground, as numbers.
  const over = (colour, ground) => {
    for (const each of [ground, colour]) { canvas.fillStyle = each; canvas.fillRect(0, 0, 1, 1); }
    return `rgb(${[...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)})`;
  };
  const ground = over(getComputedStyle(document.body).backgroundColor, "white");
  return [...document.querySelectorAll(SELECTOR)].filter(SHOWN).slice(0, 200).map((node) => {
    const [one, other] = [over(getComputedStyle(node).color, ground), ground].map(light).sort((a, b) => b - a);
    return (one + .05) / (other + .05);
  });
})()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: a warning is an error."""
    built = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(built)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return built


class Asked(HTMLParser):
    """What a page makes a browser ask for, and the words of its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        of = dict(attributes)
        fetched = {"script": "src", "img": "src", "iframe": "src", "source": "src"}.get(tag)
        if tag == "link" and not {"canonical", "next", "prev"} & set((of.get("rel") or "").split()):
            fetched = "href"
        if fetched and of.get(fetched):
            self.addresses.append(str(of[fetched]))


def test_every_page_is_there_and_asks_for_nothing_of_another_place(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        html = site / page.relative_to(DOCS).with_suffix(".html")
        asked = Asked()
        asked.feed(html.read_text(encoding="utf-8"))
        assert asked.addresses
        for address in asked.addresses:
            assert not re.match(r"[a-z]+:|//", address.replace("data:", "")), f"{html.name}: {address}"
            assert (html.parent / re.split(r"[?#]", address)[0]).exists() or address.startswith("data:"), (
                f"{html.name}: {address}"
            )


def test_the_reference_of_python_has_signatures_and_lists(site: Path) -> None:
    html = (site / "reference" / "api.html").read_text(encoding="utf-8")
    sections = dict(re.findall(r'<h3 id="rewardkit\.([\w.]+)" (.*?)(?=<h3 id="rewardkit|\Z)', html, re.DOTALL))
    for name in (
        "load",
        "RewardFunction",
        "verifier",
        "judges.judge.Judge",
        "advantages.group_advantages",
        "compare",
        "extract.extract",
    ):
        assert "doc-signature highlight" in sections[name], name
        assert re.search(r"Parameters:.*?<ul>\s*<li", sections[name], re.DOTALL), name
    for name in ("Verdict", "Sample", "extract.Statement", "answers.Comparison"):
        assert re.search(r"Attributes:.*?<ul>\s*<li", sections[name], re.DOTALL), name
    assert "Args:" not in html


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as one:
        yield one


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason=MISSING)
class TestInABrowser:
    @pytest.mark.parametrize("way", ["file", "served"])
    def test_it_can_be_searched_and_asks_nobody_else(self, way: str, site: Path, served: str, browser: Browser) -> None:
        start = f"{site.as_uri()}/" if way == "file" else served
        page = Page(browser, f"{start}index.html", DESKTOP, dark=False)
        page.run("document.querySelector('[data-md-component=search-query]').focus()")
        page.call("Input.insertText", text="group_advantages")
        links = f"[...document.querySelectorAll('.md-search-result__link')].filter({SHOWN})"
        page.until(f"{links}.length > 0")
        found = page.run(f"{links}.map((link) => link.href)")
        assert any(re.search(r"(reference/api|guide/advantages)\.html", address) for address in found), found
        page.go(re.sub(r"[?#].*", "", found[0]))
        assert page.run("document.querySelector('h1').checkVisibility()")
        assert page.asked
        assert all(address.startswith((start, "data:", "blob:", "about:")) for address in page.asked), page.asked

    def test_cases_are_searched_sorted_and_reached_by_links(self, site: Path, browser: Browser) -> None:
        page = Page(browser, (site / "reference" / "equality-cases.html").as_uri(), DESKTOP, dark=False)
        rows = f"[...{TABLE}.tBodies[0].rows].filter({SHOWN})"
        total = page.run(f"{rows}.length")
        assert total > 2000
        search = f"{TABLE}.closest('article').querySelectorAll('.table-bar input')[1]"
        page.run(f"{search}.focus()")
        page.call("Input.insertText", text="topic:money cents")
        some = page.run(f"{rows}.map((row) => row.innerText)")
        assert 0 < len(some) < 100
        assert all("money" in row.lower() and "cents" in row.lower() for row in some)
        assert page.run("document.querySelectorAll('.table-bar output')[1].innerText") == f"{len(some)} of {total:,}"
        page.run(f"{search}.value = ''; {search}.dispatchEvent(new Event('input'))")
        page.run("[...document.querySelectorAll('article a')].find((link) => link.innerText === 'Money').click()")
        page.until(f"{search}.value.includes('Money')")
        assert set(page.run(f"{rows}.map((row) => row.cells[4].innerText)")) == {"Money"}
        assert 10 < page.run(f"{rows}.length") < total

    def test_a_table_is_sorted_by_keyboard(self, site: Path, browser: Browser) -> None:
        page = Page(browser, (site / "reference" / "equality-cases.html").as_uri(), DESKTOP, dark=False)
        table = "document.querySelector('article table')"
        page.run(f"{table}.tHead.rows[0].cells[1].querySelector('button').focus()")
        for way in ("ascending", "descending"):
            page.press("Enter")
            assert page.run(f"{table}.tHead.rows[0].cells[1].getAttribute('aria-sort')") == way
            counts = [int(text) for text in page.run(f"[...{table}.tBodies[0].rows].map((row) => row.cells[1].innerText)")]
            assert counts == sorted(counts, reverse=way == "descending")
            assert len(set(counts)) > 5

    def test_without_scripts_the_tables_are_all_there(self, site: Path, browser: Browser) -> None:
        page = Page(browser, "about:blank", DESKTOP, dark=False)
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.go((site / "reference" / "equality-cases.html").as_uri())
        page.call("Emulation.setScriptExecutionDisabled", value=False)
        assert page.run(f"[...document.querySelectorAll('article table')[1].tBodies[0].rows].filter({SHOWN}).length") > 2000
        assert page.run("document.querySelectorAll('.table-bar').length") == 0

    @pytest.mark.parametrize(("size", "dark"), [(DESKTOP, True), (PHONE, False)], ids=["wide and dark", "narrow and light"])
    @pytest.mark.parametrize("name", LOOKED_AT)
    def test_it_can_be_read(self, name: str, size: tuple[int, int], dark: bool, site: Path, browser: Browser) -> None:
        page = Page(browser, (site / name).as_uri(), size, dark)
        width = size[0]
        assert page.run("document.documentElement.scrollWidth") <= width
        assert page.run("document.querySelector('h1').getBoundingClientRect().right") <= width
        selector = "article p, article h1, article h2, article td, article li, .table-bar output"
        ratios = page.run(CONTRAST.replace("SELECTOR", f"'{selector}'").replace("SHOWN", SHOWN))
        assert len(ratios) > 5
        assert min(ratios) >= 4.5
        background = page.run("getComputedStyle(document.body).backgroundColor")
        lightness = [float(part) for part in re.findall(r"[\d.]+", background)][:3]
        assert (max(lightness) < 80) is dark, background
