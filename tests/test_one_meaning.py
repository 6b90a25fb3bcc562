"""A reason of a verdict means one thing wherever it is read: no alarm, option or label of the page has its name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from patience import HANG_S

from rewardkit.alarms import alarm
from rewardkit.types import OUTCOMES

PACKAGE = Path(alarm.__file__).parents[1]
# What names a line of a table of the page.
LABEL = re.compile(r'\bshare\("([^"]+)"')


def test_no_alarm_is_named_like_a_reason() -> None:
    kinds = set(re.findall(r"^\| `(\w+)` \|", alarm.__doc__ or "", re.MULTILINE))
    raised = set(re.findall(r'\bAlarm\("(\w+)"', Path(alarm.__file__).read_text(encoding="utf-8")))
    assert kinds == raised
    assert not kinds & OUTCOMES.keys()


def test_no_label_of_the_page_is_named_like_a_reason() -> None:
    labels = set(LABEL.findall((PACKAGE / "report" / "browser" / "prompts.js").read_text(encoding="utf-8")))
    assert labels
    assert not labels & OUTCOMES.keys()


def test_no_option_of_the_service_is_named_like_a_reason() -> None:
    command = [sys.executable, "-m", "rewardkit", "serve", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=True).stdout
    options = set(re.findall(r"--([\w-]+)", said))
    assert "unscored" in options
    assert not {option.replace("-", "_") for option in options} & OUTCOMES.keys()
