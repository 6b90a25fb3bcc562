"""The whole model in one screenful: a sample goes in, a verdict comes out.

A `Sample` is one completion of one prompt with the columns of its row. A `Verifier` turns a slice of
samples into as many verdicts, in the same order. A `Verdict` holds a score only when something was
decided; otherwise it says why nothing was.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol, runtime_checkable

from rewardkit.conversation import Message, final_text, message_text, messages_of

__all__ = ["OUTCOMES", "Judge", "Message", "Sample", "Status", "Verdict", "Verifier", "message_text"]


class Status(str, enum.Enum):
    """Whether a row was decided, could not be decided, or something broke."""

    SCORED = "scored"
    ABSTAINED = "abstained"
    ERROR = "error"


OUTCOMES: dict[str, tuple[Status, str]] = {
    "match": (Status.SCORED, "the answer is right"),
    "match_rounded": (Status.SCORED, "right under the stated rounding policy"),
    "match_asked": (Status.SCORED, "right at the digits that the question asks for"),
    "partial": (Status.SCORED, "part of the credit: a similarity, a tier, some of the tags"),
    "mismatch": (Status.SCORED, "the answer is wrong"),
    "no_answer": (Status.SCORED, "no final answer was found in the completion"),
    "ambiguous": (Status.SCORED, "several answers were offered where one was asked for"),
    "undecided": (Status.SCORED, "both answers were read, and no step could show that they are equal"),
    "timeout": (Status.SCORED, "the completion exceeded the time limit, again when run alone"),
    "too_complex": (Status.SCORED, "the completion exceeded a size or memory limit"),
    "no_reference": (Status.ABSTAINED, "the row has no reference answer"),
    "gold_unparseable": (Status.ABSTAINED, "the reference answer could not be read"),
    "no_route": (Status.ABSTAINED, "the router has no route for the row"),
    "out_of_scope": (Status.ABSTAINED, "the row is not of this verifier's kind"),
    "needs_symbolic": (Status.ABSTAINED, "both answers were read; only the symbolic last resort may settle them"),
    "sandbox_unavailable": (Status.ABSTAINED, "code is run in a sandbox only, and none can be started here"),
    "needs_judge": (Status.ABSTAINED, "a rule cannot tell, and no judge is set"),
    "cannot_assess": (Status.ABSTAINED, "the judge says that it cannot assess the answer"),
    "over_budget": (Status.ABSTAINED, "the judge's budget for this step is spent"),
    "judge_unavailable": (Status.ERROR, "the judge was down, refused or out of retries"),
    "judge_unparsed": (Status.ERROR, "the judge's reply could not be read"),
    "judge_unreliable": (Status.ERROR, "the judge accepts an answer to the same question that cannot be right"),
    "exception": (Status.ERROR, "the verifier raised; class, message and traceback are in info"),
    "bad_row": (Status.ERROR, "the input row could not be read"),
}
"""Every reason the library itself gives, its status and its meaning; plugins may add their own."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion of one prompt, with the columns of its row.

    Attributes:
        index: The row's place in the batch.
        prompt: A text or a list of chat messages.
        completion: The same.
        columns: Each column's name and this row's value; `answer` is the reference.
        completion_ids: The completion's token ids, where the trainer gives them.
    """

    index: int
    prompt: Any
    completion: Any
    columns: Mapping[str, Any] = field(default_factory=dict)
    completion_ids: Sequence[int] | None = None

    @property
    def text(self) -> str:
        """The last assistant message as a string."""
        completion = self.completion
        return completion if isinstance(completion, str) else final_text(completion)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The whole conversation, prompt and completion, turn by turn; `own` marks what the policy wrote in this rollout."""
        return messages_of(self.prompt, self.completion)

    @property
    def question(self) -> str:
        """The last user message as a string."""
        prompt = self.prompt
        if isinstance(prompt, str):
            return prompt
        if isinstance(prompt, Sequence):
            users = [m for m in prompt if isinstance(m, Mapping) and m.get("role") == "user"]
            prompt = users[-1] if users else prompt
        return message_text(prompt)

    @property
    def references(self) -> tuple[str, ...]:
        """The accepted answers as strings; empty when the row has none."""
        answer = self.columns.get("answer")
        if isinstance(answer, str):
            return (answer,) if answer.strip() else ()
        accepted = answer if isinstance(answer, (list, tuple, set, frozenset)) else (answer,)
        texts = [a if isinstance(a, str) else "" if a is None else str(a) for a in accepted]
        return tuple([text for text in texts if text.strip()])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about one sample, and why.

    It is neither true nor false: ask `verdict.score == 1`, or `verdict.score is None`.

    Attributes:
        score: A finite number exactly when `status` is SCORED, else None.
        status: Whether the row was decided, could not be, or something broke.
        reason: A key of `OUTCOMES`, or a plugin's own word.
        info: What explains the verdict and can be written as JSON. By custom `info["extracted"]` is the final answer that was
            found, and `info["steps"]` a list of numbers, the scores of the completion's steps in their order.
        verifier: The name of what decided.
        seconds: The time it took, without what the process loaded for it on first use.
    """

    score: float | None
    status: Status
    reason: str
    info: Mapping[str, Any] = field(default_factory=dict)
    verifier: str = ""
    seconds: float = field(default=0.0, compare=False)

    def __post_init__(self) -> None:
        if (self.status is Status.SCORED) != (self.score is not None and math.isfinite(self.score)):
            message = f"score {self.score!r} does not go with status {self.status.value!r}: a score is finite exactly when scored"
            raise ValueError(message)
        if "steps" in self.info:
            _check_steps(self.info["steps"])

    def __bool__(self) -> NoReturn:
        """Raise `TypeError`: a verdict of 0, or of nothing, would be as true as one of 1."""
        message = (
            f"a verdict is neither true nor false (this one: score {self.score!r}, {self.reason}); ask verdict.score == 1 for a "
            "right answer, verdict.score is not None for a decided row, verdict is not None for a verdict at all"
        )
        raise TypeError(message)

    @classmethod
    def scored(cls, score: float, reason: str | None = None, /, **info: Any) -> Verdict:
        """A decided row; without a reason, 1 is a match, 0 a mismatch, anything else partial."""
        value = float(score)
        return cls(value, Status.SCORED, reason or ("match" if value == 1 else "mismatch" if value == 0 else "partial"), info)

    @classmethod
    def abstained(cls, reason: str, /, **info: Any) -> Verdict:
        """A row that this verifier cannot decide."""
        return cls(None, Status.ABSTAINED, reason, info)

    @classmethod
    def error(cls, reason: str, /, **info: Any) -> Verdict:
        """A row on which something broke."""
        return cls(None, Status.ERROR, reason, info)

    @classmethod
    def raised(cls, cause: BaseException, verifier: str = "") -> Verdict:
        """An error verdict that keeps the class, message and traceback of an exception."""
        import traceback

        info = {
            "error": type(cause).__name__,
            "message": str(cause)[:2000],
            "traceback": "".join(traceback.format_exception(cause))[-8000:],
        }
        return cls(None, Status.ERROR, "exception", info, verifier)

    def noting(self, **info: Any) -> Verdict:
        """The same verdict with more in `info`."""
        return Verdict(self.score, self.status, self.reason, {**self.info, **info}, self.verifier, self.seconds)


def _check_steps(steps: Any) -> None:
    """Raise `ValueError` unless these are the scores of steps."""
    listed = isinstance(steps, (list, tuple)) and len(steps) > 0
    if not listed or not all(map(_is_finite, steps)):
        message = f"info['steps']={steps!r:.200}: wanted a list of finite numbers, one a step; leave it out without steps"
        raise ValueError(message)


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


@runtime_checkable
class Verifier(Protocol):
    """Anything that turns samples into verdicts: a rule, a judge's sync face, a router, a combinator."""

    @property
    def name(self) -> str:
        """Registered or composed name, as it stands in traces."""
        ...

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in the same order."""
        ...


@runtime_checkable
class Judge(Protocol):
    """A verifier whose work is remote or waits on a model: async behind its sync face."""

    @property
    def name(self) -> str:
        """Registered name, as it stands in traces."""
        ...

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in the same order."""
        ...
