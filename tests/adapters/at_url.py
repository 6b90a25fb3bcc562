"""Our service in a process of its own, for trainers that ask a URL."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def service(*options: str) -> Iterator[str]:
    """`rewardkit serve` in a process of its own: its address."""
    command = [sys.executable, "-m", "rewardkit", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert process.stderr is not None
    try:
        found = next(filter(None, (re.search(r"serving .* on (http://\S+)", line) for line in process.stderr)))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield found[1]
    finally:
        process.terminate()
        process.wait(30)
