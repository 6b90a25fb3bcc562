"""What the reference implementation decides otherwise, for `compat="google"` only: its bugs, kept.

Each is a row of the table in docs/guide/instruct.md, and has a case on which it and the mended rule disagree.
"""

from __future__ import annotations

from rewardkit.verifiers.instruct.google import forms, ifeval, words

__all__ = ["forms", "ifeval", "words"]
