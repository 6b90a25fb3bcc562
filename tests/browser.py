"""Headless Chromium, driven over a pipe: pages are opened at a width and in a colour scheme, used, and asked what shows."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patience import HANG_S, wait_until

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = "no Chromium on the path; `apt-get install chromium` brings one"
DESKTOP, PHONE = (1280, 900), (390, 844)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-extensions"),
    "--remote-debugging-pipe",
)
KEYS = {
    "Tab": 9,
    "Enter": 13,
    "Escape": 27,
    "Home": 36,
    "End": 35,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
}


def as_one_file(page: Page, *, dark: bool) -> None:
    """Assert that a page is in its colours, has no problem, and asked for nothing but itself."""
    paper = page.run("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (max(paper) < 60) is dark
    assert page.problems == []
    assert len(page.asked) == 1, "the page is one file"


def chromium() -> str | None:
    """The path of a Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One process; what it says and is told are JSON objects that end with a NUL (the Chrome DevTools Protocol)."""

    def __init__(self, program: str, profile: str) -> None:
        told, self._to = os.pipe()
        self._from, saying = os.pipe()
        # Out of the way of the numbers 3 and 4, which the program takes for its pipe.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (told, saying)]
        os.close(told)
        os.close(saying)
        command = ["bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}', "bash", program, *FLAGS, f"--user-data-dir={profile}"]
        self.process = subprocess.Popen(command, pass_fds=ends, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in ends:
            os.close(end)
        self._rest, self._number, self._events = b"", 0, list[dict[str, Any]]()

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer; what happens meanwhile is kept for `wait`."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (said := self._read()).get("id") != self._number:
            self._events.append(said)
        assert "error" not in said, f"{method}: {said['error']}"
        return dict(said["result"])

    def wait(self, event: str, session: str) -> None:
        """Until something has happened in a page."""
        while True:
            for place, said in enumerate(self._events):
                if said.get("method") == event and said.get("sessionId") == session:
                    del self._events[place]
                    return
            self._events.append(self._read())

    def forget(self, event: str, session: str) -> None:
        """Drop what has happened so far."""
        self._events = [said for said in self._events if (said.get("method"), said.get("sessionId")) != (event, session)]

    def events(self, name: str, session: str) -> list[dict[str, Any]]:
        """What is known to have happened in a page."""
        return [said["params"] for said in self._events if said.get("method") == name and said.get("sessionId") == session]

    def _read(self) -> dict[str, Any]:
        limit = time.monotonic() + HANG_S
        while b"\0" not in self._rest:
            if not select.select([self._from], [], [], max(limit - time.monotonic(), 0))[0]:
                raise TimeoutError(f"a hang: Chromium said nothing for {HANG_S:g} s")
            more = os.read(self._from, 1 << 20)
            assert more, "Chromium ended"
            self._rest += more
        said, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(said))

    def close(self) -> None:
        """End the process."""
        self.call("Browser.close")
        self.process.wait(HANG_S)
        os.close(self._to)
        os.close(self._from)


class Page:
    """An open page."""

    def __init__(self, browser: Browser, url: str, size: tuple[int, int], dark: bool) -> None:
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        width, height = size
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        # Nothing moves by itself in a test.
        self.call("Emulation.setEmulatedMedia", features=[scheme, {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.go(url)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something about this page."""
        return self.browser.call(method, self.session, **parameters)

    def go(self, url: str) -> None:
        """Open an address, and wait until it is loaded."""
        self.browser.forget("Page.loadEventFired", self.session)
        self.call("Page.navigate", url=url)
        self.browser.wait("Page.loadEventFired", self.session)

    def run(self, script: str) -> Any:
        """The value of an expression in the page, of a promise what it gives."""
        said = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def until(self, script: str) -> None:
        """Wait for an expression to be true."""
        wait_until(lambda: self.run(script), pause_s=0.02)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, by name or as letters."""
        for key in keys:
            text = {"text": "\r"} if key == "Enter" else {} if key in KEYS else {"text": key}
            code = KEYS.get(key, ord(key[0].upper()))
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def point(self, selector: str, across: float = 0.5) -> None:
        """Move the pointer over an element, so far from its left end."""
        self.run(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        box = self.run(f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().toJSON()")
        self.call(
            "Input.dispatchMouseEvent", type="mouseMoved", x=box["x"] + across * box["width"], y=box["y"] + box["height"] / 2
        )

    def named(self) -> list[tuple[str, str]]:
        """Role and name of everything that the keyboard reaches, as a screen reader is told them."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        found = []
        for node in nodes:
            of = {prop["name"]: prop["value"].get("value") for prop in node.get("properties", ())}
            if of.get("focusable") and not node["ignored"]:
                found.append((str(node["role"]["value"]), str(node.get("name", {}).get("value", ""))))
        return found

    @property
    def problems(self) -> list[str]:
        """Exceptions of the page's script, and what the browser refused or could not load."""
        thrown = [str(one["exceptionDetails"]) for one in self.browser.events("Runtime.exceptionThrown", self.session)]
        return thrown + [str(one["entry"]["text"]) for one in self.browser.events("Log.entryAdded", self.session)]

    @property
    def asked(self) -> list[str]:
        """The address of everything the page asked for."""
        return [str(one["request"]["url"]) for one in self.browser.events("Network.requestWillBeSent", self.session)]

    def picture(self, path: Path) -> None:
        """The whole page as a PNG."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self) -> None:
        """Close the page."""
        self.browser.call("Target.closeTarget", targetId=self.target)


@contextmanager
def started() -> Iterator[Browser]:
    """A browser with a profile of its own; there has to be a Chromium."""
    program = chromium()
    assert program, MISSING
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            yield browser
        finally:
            browser.close()
