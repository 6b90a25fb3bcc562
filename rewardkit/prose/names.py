"""What a name says of its value: `final_answer` and 正确答案 that it is the answer, `rejected` and 错误答案 that it is not."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.phrases import Meaning, rows

__all__ = ["refuses", "says_answer"]

LONGEST = 64  # characters of a name
KEPT = 512
# The words of `finalAnswer`, `final_answer` and `FINAL-ANSWER`.
_WORD = re.compile(r"[A-Z]?[a-zß-ÿ]+|[A-Z]+(?![a-z])|[^\W\d_]+")


@lru_cache(maxsize=1)
@first_use
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Those that names of answers are made of, and those of which one makes a name one of something else."""
    of = {meaning: {word.lower() for row in rows() if row.meaning is meaning for word in row.alternatives} for meaning in _KINDS}
    return frozenset(of[Meaning.LABELS]), frozenset(of[Meaning.MISLABELS])


_TURNS = frozenset({"no", "non"})  # "Wait, no: 5" corrects
_KINDS = (Meaning.LABELS, Meaning.MISLABELS)


@lru_cache(maxsize=KEPT)
def says_answer(name: str) -> bool | None:
    """True where a name says that its value is the answer, False where it says that it is not, None where it says neither."""
    if len(name) > LONGEST:
        return None
    labels, others = _words()
    words = [word.lower() for word in _WORD.findall(name)]
    if not others.isdisjoint(words) or (not name.isascii() and any(word in name for word in others if not word.isascii())):
        return False
    return True if words and (labels.issuperset(words) or " ".join(words) in labels) else None


@lru_cache(maxsize=KEPT)
def refuses(name: str) -> bool:
    """Whether a label, all of whose words are known, says that its value is not the answer: "Wrong answer", "Draft", 错误答案."""
    if len(name) > LONGEST or name.lower() in _TURNS or says_answer(name) is not False:
        return False
    labels, others = _words()
    known = labels | others
    return not name.isascii() or all(word.lower() in known for word in _WORD.findall(name))
