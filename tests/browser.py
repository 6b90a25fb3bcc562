"""Headless Chromium for tests of pages, driven over two pipes by its DevTools protocol, with the standard library alone."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from patience import HANG_S

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
# Chromium reads commands from descriptor 3 and writes answers to 4.
HAND_OVER = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"


def chromium() -> str | None:
    """The browser's program, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are not among the descriptors that are handed over."""
    low = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in low)
    for end in low:
        os.close(end)
    return high[0], high[1]


class Browser:
    """A running browser; use it with `with`."""

    def __init__(self, profile: Path) -> None:
        program = chromium()
        assert program, f"none of {', '.join(NAMES)} is on the PATH"
        commands, self._out = _pipe()
        self._in, answers = _pipe()
        words = [sys.executable, "-I", "-c", HAND_OVER, str(commands), str(answers)]
        words += [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(words, pass_fds=(commands, answers), stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self._read, self._asked = b"", 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def command(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The result of one command of the protocol."""
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        left = json.dumps(message).encode() + b"\0"
        while left:
            left = left[os.write(self._out, left) :]
        while (answer := self.message()).get("id") != self._asked:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return dict(answer["result"])

    def event(self, method: str, session: str) -> dict[str, Any]:
        """The next event of that name; waits for it."""
        while True:
            for place, one in enumerate(self.events):
                if (one.get("method"), one.get("sessionId")) == (method, session):
                    return self.events.pop(place)
            self.events.append(self.message())

    def message(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            if not select.select([self._in], [], [], HANG_S)[0]:
                raise TimeoutError(f"a hang: the browser said nothing for {HANG_S:g} s")
            piece = os.read(self._in, 1 << 16)
            assert piece, "the browser has ended"
            self._read += piece
        first, _, self._read = self._read.partition(b"\0")
        return dict(json.loads(first))

    def page(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        """A page of that size and scheme, loaded."""
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        page = Page(self, self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        page.command("Network.enable")
        page.command("Page.enable")
        page.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        page.command("Emulation.setEmulatedMedia", features=[scheme])
        page.open(url)
        return page


class Page:
    """One tab: scripts run in it, and every request that it makes is kept."""

    def __init__(self, browser: Browser, session: str) -> None:
        self.browser, self.session = browser, session

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.command(method, self.session, **parameters)

    def open(self, url: str) -> None:
        """Go to another address, and wait until it is loaded."""
        loaded = ("Page.loadEventFired", self.session)
        self.browser.events = [one for one in self.browser.events if (one.get("method"), one.get("sessionId")) != loaded]
        failed = self.command("Page.navigate", url=url).get("errorText")
        assert not failed, f"{url}: {failed}"
        self.browser.event(*loaded)

    def ask(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        done = self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        problem = done.get("exceptionDetails", {})
        assert not problem, problem.get("exception", {}).get("description", problem)
        return done["result"].get("value")

    def until(self, condition: str) -> Any:
        """The value of an expression as soon as it is true; it is looked at again and again."""
        end = f"performance.now() + {500 * HANG_S}"
        return self.ask(
            f"(async () => {{ const end = {end}; for (;;) {{ const found = ({condition}); if (found) return found;"
            " if (performance.now() > end) throw new Error('it never came true');"
            " await new Promise((done) => setTimeout(done, 50)); } })()"
        )

    def press(self, key: str, code: int) -> None:
        """A key, as a keyboard sends it."""
        text = {"text": "\r"} if key == "Enter" else {}
        self.command("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
        self.command("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def requests(self) -> list[str]:
        """The addresses of all that the page has asked for."""
        sent = [one for one in self.browser.events if one.get("method") == "Network.requestWillBeSent"]
        return [one["params"]["request"]["url"] for one in sent if one["sessionId"] == self.session]
