"""Prompts that a benchmark holds as well: runs of words in common, so that a test is not trained on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rewardkit.errors import BadParameter

__all__ = ["Benchmark"]

# Scripts without spaces count by characters.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


class Benchmark:
    """The texts of a benchmark, by the hashes of their runs of `size` words (13, as GPT-3's report has it).

    A text shorter than a run counts as one run by itself. Memory grows with the words of the benchmark, not with its texts.
    """

    def __init__(self, texts: Iterable[str], *, size: int = 13) -> None:
        if size < 1:
            message = f"size={size!r} cannot be used; wanted at least 1 word"
            raise BadParameter(message)
        self.size = size
        self._runs = {run for text in texts for run in self._of(text)}

    def holds(self, text: str, *, share: float = 0.0) -> bool:
        """Whether more than `share` of a text's runs stand in the benchmark; by default whether any does."""
        runs = list(self._of(text))
        return bool(runs) and sum(run in self._runs for run in runs) > share * len(runs)

    def _of(self, text: str) -> Iterator[int]:
        words = _WORD.findall(text.casefold())
        if not words:
            return
        for at in range(max(1, len(words) - self.size + 1)):
            yield hash(tuple(words[at : at + self.size]))
