"""Open reports in headless Chromium and use them: run by hand, `python tests/report/check_in_browser.py [--screenshots DIR]`.

The tests beside this file look at what is written; this looks at what a browser makes of it. A check is JavaScript
appended to the page's own script before the policy is computed, so that it runs under the policy a reader's browser sees.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from rewardkit.report import page, write_report

HOSTILE = (
    "<think>9 < 10</think></script><script>document.title='HACKED'</script>\n"
    "<img src=x onerror=\"document.title='HACKED'\"><!--<script>\u202e\u2028{{data}}<answer>42</answer>"
)
CHECKS = """
;(async () => {
  const $ = (id) => document.getElementById(id);
  const rest = () => new Promise((done) => setTimeout(done, 400));
  const seen = { title: document.title, rows: $("body").querySelectorAll(".row").length, summary: $("summary").textContent };
  const took = async (act) => { const start = performance.now(); await act(); return performance.now() - start; };
  const first = $("body").querySelector("[data-row]");
  if (first) {
    first.click();
    seen.trace = $("body").querySelector(".trace").textContent;
    seen.expanded = $("body").querySelector("[data-row]").getAttribute("aria-expanded");
    seen.focus = document.activeElement.dataset.row;
    seen.marked = [...$("body").querySelectorAll("mark")].map((node) => node.textContent);
    seen.strangers = $("body").querySelectorAll("img, script").length;
    seen.sorted_ms = await took(() => document.querySelector('[data-key="seconds"] button').click());
    seen.sort = document.querySelector('[aria-sort]').getAttribute("aria-sort");
    $("query").value = "zebra";
    $("query").dispatchEvent(new Event("input"));
    await rest();
    seen.search = $("count").textContent;
    $("reset").click();
    $("status").value = "error";
    $("status").dispatchEvent(new Event("change"));
    seen.errors = $("count").textContent;
    $("reset").click();
    const slow = $("slowest").querySelector("button");
    if (slow) { slow.click(); seen.slowest = document.activeElement.title === slow.textContent; }
  }
  seen.opened_ms = performance.now();
  seen.fetched = performance.getEntriesByType("resource").length;
  seen.wide = document.documentElement.scrollWidth > innerWidth;
  document.documentElement.dataset.seen = JSON.stringify(seen);
})();
"""
OPEN_SOME = ';document.querySelectorAll(".row [data-row]")[%d]?.click(); scrollTo(0, 0); document.activeElement.blur();'


def records(count: int) -> Iterator[dict[str, Any]]:
    for i in range(count):
        status = ("scored", "scored", "scored", "abstained", "error")[i % 5]
        reward = (1.0, 0.0, 0.5)[i % 3] if status == "scored" else None
        reason = {"abstained": "needs_judge", "error": "exception"}.get(status) or {1.0: "match", 0.0: "mismatch"}.get(
            reward, "partial"
        )
        yield {
            "id": f"row-{i}",
            "reward": reward,
            "status": status,
            "reason": reason,
            "verifier": "number.equal",
            "route": ("number", "choice", HOSTILE)[i % 3],
            "extracted": "42",
            "seconds": 1e-4 * (i % 97 + 1),
            "answer": "42",
            "prompt": "How many?",
            "completion": HOSTILE
            if i == 0
            else ("Let me think. " * (i % 500)) + f"<answer>{i}</answer>" + " zebra" * (i % 7 == 3),
            "info": {"hostile": HOSTILE},
        }


def browse(html: Path, *arguments: str, width: int = 1280, height: int = 1600) -> str:
    """Standard output of headless Chromium on a page."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or sys.exit("no chromium on PATH")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--hide-scrollbars",
        ]
        command += [
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
        ]
        command += [f"--window-size={width},{height}", "--virtual-time-budget=8000", *arguments, html.resolve().as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


def write(path: Path, count: int, extra: str) -> Path:
    """A report whose script has more at its end."""
    part = page.part
    with mock.patch.object(page, "part", lambda name: part(name) + extra * (name == "script.js")):
        return write_report(records(count), path, title="Checked <in> a browser", source="tests")


def check(count: int, folder: Path, width: int = 1280) -> None:
    """Use a report of that many rows and stop at the first thing that is wrong."""
    start = time.perf_counter()
    html = write(folder / f"check-{count}.html", count, CHECKS)
    written = time.perf_counter() - start
    dom = browse(html, "--dump-dom", width=width)
    found = re.search(r'data-seen="([^"]*)"', dom)
    assert found, "the page's script did not reach its end"
    seen = json.loads(found[1].replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    assert seen["title"] == "Checked <in> a browser"
    assert seen["rows"] == min(count, 50)
    assert seen["fetched"] == 0
    assert not seen["wide"], "the page scrolls sideways"
    if count:
        assert "HACKED" in seen["trace"], "the hostile completion is shown as text"
        assert seen["strangers"] == 0, "and as nothing else"
        assert seen["marked"] == ["42"]
        assert (seen["expanded"], seen["focus"]) == ("true", "1")
        assert seen["sort"] == "descending"
        assert seen["slowest"]
        errors, zebras = (sum(1 for i in range(count) if i % n == k) for n, k in ((5, 4), (7, 3)))
        if errors:  # with none, the filter does not offer the status
            assert seen["errors"].startswith(f"{errors:,} of "), seen["errors"]
        assert seen["search"].startswith(f"{zebras:,} of "), seen["search"]
    size = html.stat().st_size / 1e6
    sort = f"sort {seen.get('sorted_ms', 0):.0f} ms"
    sys.stdout.write(f"{count:>6} rows, {width:>4} px: ok; {size:.1f} MB written in {written:.1f} s; {sort}; {seen['summary']}\n")


def main() -> None:
    """Run all checks, and take pictures where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screenshots", type=Path, help="folder for pictures, light and dark, wide and narrow")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for count in (0, 1, 200, 50_000):
            check(count, Path(name))
        check(200, Path(name), width=400)
        if asked.screenshots:
            asked.screenshots.mkdir(parents=True, exist_ok=True)
            html = write(Path(name) / "picture.html", 200, OPEN_SOME % 2)
            for scheme, flag in (("light", 1), ("dark", 0)):
                for width in (1280, 400):
                    picture = asked.screenshots / f"{scheme}-{width}.png"
                    browse(
                        html,
                        f"--blink-settings=preferredColorScheme={flag}",
                        f"--screenshot={picture.resolve()}",
                        width=width,
                        height=2400,
                    )


if __name__ == "__main__":
    main()
