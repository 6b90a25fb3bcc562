"""References as data sets keep them, turned into answers by a named transform or a function."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rewardkit import dispatch
from rewardkit.answers.notation.boxes import boxes
from rewardkit.compose import as_verifier, waits
from rewardkit.errors import BadParameter, UnknownName
from rewardkit.types import Sample, Verdict, Verifier

__all__ = ["TRANSFORMS", "Transform", "WithReferences", "transform_of"]

Transform = Callable[[Any], Any]
"""From a reference to an answer or a list of accepted ones; None where it finds none."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HASH = re.compile(r"(?<!#)####(?!#)[^\S\n]*([^\n]+)")
_BOX = re.compile(r"\\f?boxed\s*\{")


def gsm8k(reference: Any) -> str | None:
    """What follows the last `####` of a worked solution."""
    found = _HASH.findall(str(reference))
    return found[-1].strip() if found else None


def boxed(reference: Any) -> str | None:
    r"""What stands in the last `\\boxed{…}`."""
    text = str(reference)
    return boxes(text).strip() or None if _BOX.search(text) else None


def letter_index(reference: Any) -> str | None:
    """The letter of an option that is counted from 0: `0` is A."""
    return _letter(reference, 0)


def letter_number(reference: Any) -> str | None:
    """The letter of an option that is counted from 1: `1` is A."""
    return _letter(reference, 1)


def _letter(reference: Any, first: int) -> str | None:
    text = str(reference).strip()
    place = int(text) - first if text.isdecimal() and len(text) < 3 and not isinstance(reference, bool) else -1
    return LETTERS[place] if 0 <= place < len(LETTERS) else None


TRANSFORMS: dict[str, Transform] = {
    "gsm8k": gsm8k,
    "boxed": boxed,
    "letter_index": letter_index,
    "letter_number": letter_number,
}
"""The transforms by name."""


def transform_of(named: str | Transform) -> Transform:
    """The transform of that name, or the function itself. Raises `UnknownName`, or `BadParameter` for what is neither."""
    if isinstance(named, str):
        if named not in TRANSFORMS:
            raise UnknownName("transform of references", named, TRANSFORMS, "Give a function for another one.")
        return TRANSFORMS[named]
    if not callable(named):
        message = f"references={named!r} is no transform; give {', '.join(TRANSFORMS)} or a function of one reference"
        raise BadParameter(message)
    return named


class WithReferences:
    """A verifier that gets each row's references as a transform makes them.

    A row in whose references it finds no answer is the error `bad_row`, so that a transform that does not fit the data stops the
    run instead of costing it its rewards. A row without a reference goes on as it is.
    """

    def __init__(self, verifier: Verifier | str, references: str | Transform) -> None:
        self.verifier = as_verifier(verifier)
        self.references = references
        self._transform = transform_of(references)
        self.name = self.verifier.name
        self.remote = waits(self.verifier)

    def __repr__(self) -> str:
        return f"WithReferences({self.verifier!r}, {self.references!r})"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order."""
        found = [self._turned(sample) for sample in samples]
        verdicts = iter(dispatch.run(self.verifier, [one for one in found if isinstance(one, Sample)]))
        return [next(verdicts) if isinstance(one, Sample) else one for one in found]

    def _turned(self, sample: Sample) -> Sample | Verdict:
        answer = sample.columns.get("answer")
        accepted = [answer] if isinstance(answer, (str, int, float)) else answer
        if not accepted or not isinstance(accepted, (list, tuple)) or not sample.references:
            return sample
        answers: list[Any] = []
        for reference in accepted:
            made = self._transform(reference)
            if made is None:
                how = self.references if isinstance(self.references, str) else getattr(self.references, "__name__", "it")
                message = (
                    f"references={how!r} finds no answer in {str(reference)[:200]!r}; see which one fits: rewardkit lint DATA"
                )
                return replace(Verdict.error("bad_row", error="bad_row", message=message), verifier=self.name)
            answers += made if isinstance(made, (list, tuple)) else [made]
        columns: Mapping[str, Any] = {**sample.columns, "answer": answers[0] if len(answers) == 1 else answers}
        return replace(sample, columns=columns)
