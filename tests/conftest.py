"""For all tests: a run in the background, which shells start with Ctrl-C ignored, tests Ctrl-C all the same."""

from __future__ import annotations

import signal

# A handler, unlike "ignore", is not handed on to the processes that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
