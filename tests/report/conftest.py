"""A browser for the tests that look at pages as a reader sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import DESKTOP, MISSING, Browser, Page, chromium, started

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        pytest.skip(MISSING)
    with started() as running:
        yield running


@pytest.fixture
def show(browser: Browser) -> Iterator[Open]:
    """Opens a file as a page; it must not throw, nor be refused anything."""
    pages: list[Page] = []

    def show_page(path: Path, size: tuple[int, int] = DESKTOP, *, dark: bool = False, hash: str = "") -> Page:
        page = Page(browser, path.resolve().as_uri() + hash, size, dark)
        pages.append(page)
        settled(page)
        return page

    yield show_page
    for page in pages:
        page.close()


def settled(page: Page) -> None:
    """Wait until the page has read what it shows."""
    page.run("new Promise((done) => setTimeout(done, 0))")
    page.until("!document.querySelector('[aria-busy=true]')")
