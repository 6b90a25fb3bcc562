"""Judge models that others trained, asked in the format they know, and each read by a parser of its own.

`general-verifier` is TIGER-Lab/general-verifier (arXiv 2505.14652): the whole prompt word for word, as its model card has it
(Apache-2.0); `Final Decision: Yes` or `No` at the end decides. `xverify` is IAAR-Shanghai/xVerify-* (arXiv 2504.10481): the
published fields, their order, their marks and the words `Correct` and `Incorrect`. `compassverifier` is
opencompass/CompassVerifier-* (arXiv 2508.03686): the same with the letters `A`, `B` and `C`, or the words for them.

The instructions of the last two are published under licences that this library's does not agree with, so theirs are in
our words; `template="PATH.txt"` takes the published ones. These prompts have no fence with a code: the answer is put on one
line, and what the format uses as marks is taken out of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rewardkit.errors import BadParameter
from rewardkit.extract import outside_think
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds import parse
from rewardkit.judges.kinds.kind import SHORT, Item, Ruling, messages
from rewardkit.judges.kinds.templates import Templated

__all__ = ["CompassVerifier", "GeneralVerifier", "XVerify"]

FIELDS = frozenset({"question", "reference", "answer"})

_BEGUN = "Final Decision:"

_DECIDED = re.compile(r"(?:^|[.!?。]\s+)[*_]*Final Decision:[*_\s]*(Yes|No)[*_.!]*\s*$", re.IGNORECASE)
_DECISION = re.compile(r"Final Decision:[*_\s]*(Yes|No)\b", re.IGNORECASE)
_BOXED = re.compile(
    r"(?:Final Judge?ment:)?\s*\\boxed\{([ABC])\}\s*"
    r"(?:[-–]\s*<?(CORRECT|INCORRECT|INVALID|INCOMPLETE|REPETITIVE|REFUSAL)>?)?\s*\.?"
)


@dataclass(frozen=True)
class _Published(Templated):
    template: str = ""
    max_tokens: int = 1024

    name = ""
    span = 1
    compares = True
    swaps = False
    marks: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        missing = FIELDS - self.prompt.fields
        if missing:
            message = (
                f"the template {self.template!r} has no place for {', '.join(sorted(missing))}: paste a published prompt "
                "with {{question}}, {{reference}} and {{answer}} where its own fields are"
            )
            raise BadParameter(message)

    def request(self, items: Sequence[Item]) -> Request:
        (item, *_) = items
        plain = Item(item.question, item.references, _one_line(item.answer, self.marks), item.images)
        filled = messages(self.prompt, plain, {}, plain=True)
        return Request(filled, max_tokens=self.max_tokens, choices=self.choices)

    @property
    def choices(self) -> tuple[str, ...]:
        """What the model was trained to reply with, where that is one word."""
        return ()


@dataclass(frozen=True)
class GeneralVerifier(_Published):
    """TIGER-Lab/general-verifier, a 1.5 B model that reasons and then decides.

    It was trained on plain text that ends in "Assistant:", so the prompt goes out without a chat template, to `/completions` of a
    server. `plain=False` sends it as a chat, for servers that have nothing else. `reasoning=False` begins the reply for it with
    "Final Decision:" and lets it choose the word behind that: a fraction of the time, and never without a decision, but not what
    it was trained for.
    """

    template: str = "general-verifier"
    max_tokens: int = 2048
    plain: bool = True
    reasoning: bool = True

    name = "general-verifier"
    marks = ("###", "User:", "Assistant:", "Final Decision")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.reasoning or self.plain):
            message = "reasoning=False begins the reply, which a chat cannot: it needs plain=True"
            raise BadParameter(message)

    @property
    def version(self) -> str:
        """Template, whether it goes out as plain text, and whether the model may reason."""
        return f"{super().version} plain={self.plain}" + " reasoning=False" * (not self.reasoning)

    def request(self, items: Sequence[Item]) -> Request:
        """The prompt that it was trained on; images need a chat."""
        asked = replace(super().request(items), plain=self.plain and not items[0].images)
        if not self._begins(items):
            return asked
        *before, last = asked.messages
        begun = {**last, "content": f"{last['content']} {_BEGUN}"}
        return replace(asked, messages=(*before, begun), max_tokens=SHORT, choices=(" No", " Yes"))

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """The decision that ends the reply; none when an earlier one differs."""
        if reply.failure is not None or reply.finish not in ("stop", ""):
            return [None]
        text = (_BEGUN if self._begins(items) else "") + outside_think(reply.text)
        found = _DECIDED.search(parse.last_line(text)[-parse.MAX_LINE :])
        if found is None or len({word.casefold() for word in _DECISION.findall(text)}) > 1:
            return [None]
        return [Ruling(float(found[1].casefold() == "yes"))]

    def _begins(self, items: Sequence[Item]) -> bool:
        """Whether the reply is begun for the model; with images it is a chat, where that cannot be."""
        return not self.reasoning and not items[0].images


@dataclass(frozen=True)
class XVerify(_Published):
    """IAAR-Shanghai/xVerify, which replies with one word: it is chosen from the two.

    Its authors draw at temperature 0.1 with top_p 0.7; here the likelier word is taken.
    """

    template: str = "xverify"
    max_tokens: int = 16

    name = "xverify"
    marks = ('"""', "Correct answer:", "Judgement:", "Output sentence:")

    @property
    def choices(self) -> tuple[str, ...]:
        """The two words, the worse first, as tiers are."""
        return ("Incorrect", "Correct")

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """Correct or Incorrect, alone on the last line."""
        said = parse.decide(reply, ("Correct", "Incorrect"))
        return [None if said is None else Ruling(float(said == "Correct"))]


@dataclass(frozen=True)
class CompassVerifier(_Published):
    r"""opencompass/CompassVerifier, which replies with A (correct), B (incorrect) or C (invalid); B and C score 0.

    One letter is chosen, greedily as its authors do. `reasoning` is for their second prompt, which has it think before
    "Final Judgment: \boxed{A} - CORRECT": give that one with `template`.
    """

    template: str = "compassverifier"
    max_tokens: int = 2048
    reasoning: bool = False

    name = "compassverifier"
    marks = ("Answer Begin>", "Answer End>", "Question Begin>", "Question End>", "\\boxed{A}")
    letters: ClassVar[Mapping[str, str]] = {"CORRECT": "A", "INCORRECT": "B", "INVALID": "C"}

    @property
    def version(self) -> str:
        """Template, and whether the model may reason."""
        return f"{super().version} reasoning={self.reasoning}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The three letters, the best last, unless it reasons first."""
        return () if self.reasoning else ("C", "B", "A")

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """The letter or its word, alone on the last line, or a boxed letter with a word that goes with it."""
        said = parse.decide(reply, ("A", "B", "C", *self.letters))
        letter = None if said is None else self.letters.get(said, said)
        if letter is None and reply.failure is None and reply.finish in ("stop", ""):
            found = _BOXED.fullmatch(parse.last_line(outside_think(reply.text)).strip().strip("*"))
            if found and (found[2] is None or self.letters.get(found[2], "C") == found[1]):
                letter = found[1]
        return [None if letter is None else Ruling(float(letter == "A"), {"letter": letter})]


def _one_line(text: str, marks: Sequence[str]) -> str:
    """The text on one line without the marks; taking one out must not leave another."""
    text = " ".join(text.split())
    pattern = re.compile("|".join(map(re.escape, marks)), re.IGNORECASE)
    while pattern.search(text):
        text = pattern.sub(" ", text)
    return " ".join(text.split())
