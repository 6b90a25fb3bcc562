"""What the library makes of a reference answer: its route, its shape, how it is read, and what is wrong with it.

A reference that cannot be used costs every completion of its prompt the reward, in silence; it is found here, before training.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rewardkit.answers.notation.plain_number import is_whole
from rewardkit.compose import Cascade
from rewardkit.lifted import FunctionVerifier
from rewardkit.question.references import references_of, unwrapped
from rewardkit.router import Router
from rewardkit.types import Sample, Status, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.verifiers.choice.options import Options

__all__ = ["PROBLEMS", "Reading", "References", "transforms_for", "unusable"]

PROBLEMS: dict[str, tuple[bool, str]] = {
    "bad_row": (True, "the row cannot be read"),
    "empty": (True, "there is no reference answer"),
    "truncated": (True, "the LaTeX is cut off: an open brace, dollar, environment or \\left"),
    "not_an_option": (True, "the reference is none of the choices"),
    "option_index": (True, "it may count the choices: give the route `choice.option:index=0` (or 1) where all of them do"),
    "unreadable": (True, "no rule can read it"),
    "not_itself": (True, "given back as the answer, it is not accepted"),
    "worked_solution": (False, "a whole solution stands where its answer should; the answer is read from it"),
    "two_readings": (False, "it can be read in more than one way"),
    "prose": (False, "words under a numeric or mathematical route"),
    "text_only": (False, "meant as mathematics, it seems, but only compared as text"),
    "question_unread": (False, "the question speaks of a unit or of rounding, and not of one that can be read"),
    "conflict": (False, "the same prompt has another answer elsewhere"),
}
"""Each finding: whether it makes the reference unusable, and what it means."""

SEEN_AT_MOST = 200_000
LONG = 300
NO_WORD = r"\boxed{Quxzor}"  # an answer in no language

_COMMAND = re.compile(r"\\[a-zA-Z]+\s*")
_TEXT_PART = re.compile(r"\\(?:text|mathrm|mbox|textbf|operatorname)\s*\{[^{}]*\}")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SIGN = re.compile(r"[\\^=<>{}$√π∞∪]")
_FINAL = re.compile(r"####|\\boxed|the (?:final )?answer is", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one row's reference is understood.

    `route` is that of the `auto` recipe, `shape` the kind of answer, `understood` a printable tree, `others` further readings.
    `problems` are keys of `PROBLEMS`, each with its detail. `one_sided` is set where no rule calls a wrong answer
    wrong: without a judge its rows are right or have no reward.
    """

    route: str
    shape: str
    understood: str
    others: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    one_sided: bool = False


def unusable(problems: Mapping[str, str]) -> bool:
    """Whether one of the findings makes a reference unusable."""
    return any(PROBLEMS[name][0] for name in problems)


def transforms_for(sample: Sample, reading: Reading) -> list[str]:
    """The named transforms of references that find the answer of a row where the data keep it: in a solution, a box, a count."""
    from rewardkit.recipes.parts.references import TRANSFORMS
    from rewardkit.verifiers.choice.options import read_options

    found = [name for name in ("gsm8k", "boxed") if sample.references and all(map(TRANSFORMS[name], sample.references))]
    if "option_index" in reading.problems:
        labels = list(read_options(sample).texts)
        counts = ("letter_index", "letter_number")
        found += [name for name in counts if all(TRANSFORMS[name](reference) in labels for reference in sample.references)]
    return found


class References:
    """Reads references one row at a time; equal ones are understood once."""

    def __init__(self) -> None:
        from rewardkit import recipes

        recipe = recipes.build("auto")
        assert isinstance(recipe, Router)
        self._routes = recipe.routes
        self._seen: dict[Any, Reading] = {}
        self._answers: dict[int, tuple[str, int]] = {}

    def look(self, sample: Sample, place: int) -> Reading:
        """What becomes of the reference of one row; `place` names the row when another contradicts it."""
        from rewardkit.recipes.auto import shape_of
        from rewardkit.verifiers.choice.options import read_options

        references, route = sample.references, shape_of(sample)
        if route == "instruct":
            return self._instructions(sample)
        if route == "puzzle":
            return self._puzzle(sample)
        if not references:
            return Reading("", "", "", problems={"empty": ""})
        options = read_options(sample)
        key = (route, references, tuple(options.texts.items()), tuple(options.labels), options.stated)
        reading = self._seen.get(key)
        if reading is None:
            if len(self._seen) >= SEEN_AT_MOST:
                self._seen.clear()
            reading = self._seen[key] = self._read(sample, route, options)
        own = {"question_unread": _unread(sample, route), "conflict": self._clash(sample, references[0], place)}
        if problems := {name: detail for name, detail in own.items() if detail}:
            return replace(reading, problems={**reading.problems, **problems})
        return reading

    def _read(self, sample: Sample, route: str, options: Options) -> Reading:
        from rewardkit.answers import understand
        from rewardkit.verifiers.choice.reading import is_option_reference

        problems: dict[str, str] = {}
        shapes: list[str] = []
        trees: list[str] = []
        others: list[str] = []
        for whole in sample.references:
            if route == "choice":
                shapes.append("option")
                trees.append(_option(unwrapped(whole), options))
            else:
                reference = unwrapped(whole)
                found = understand(reference)
                shapes.append(found.shape or "–")
                trees.append(found.tree or "–")
                if route == "math":
                    others += (other for other in found.readings if other != found.tree)
                problems |= _solution(whole) | _problems(reference, route, found.shape, found.problems)
                if options.stated and options.texts and not is_option_reference(reference, options):
                    problems["not_an_option"] = f"choices: {', '.join(f'{k} {v}' for k, v in options.texts.items())[:200]}"
        if "not_an_option" in problems and (counted := _counted(sample.references, options)):
            problems["option_index"] = counted
            del problems["not_an_option"]
        if others:
            problems["two_readings"] = f"also {' or '.join(others)}"
        problems |= self._itself(sample, route)
        one_sided = self._is_one_sided(sample, route)
        return Reading(route, " | ".join(dict.fromkeys(shapes)), " | ".join(trees), tuple(others), problems, one_sided)

    def _instructions(self, sample: Sample) -> Reading:
        """A row that names its constraints: their ids, and what about them cannot be read."""
        [verdict] = _verdicts(self._routes["instruct"], Sample(sample.index, sample.prompt, "Yes.", sample.columns))
        problem = {"unreadable": str(verdict.info.get("problem", ""))} if verdict.score is None else {}
        return Reading("instruct", "constraints", str(sample.columns["instruction_id_list"])[:LONG], problems=problem)

    def _puzzle(self, sample: Sample) -> Reading:
        """A row of reasoning-gym: the puzzle's name, and whether its scorer can be asked about the row."""
        scorer = self._routes["puzzle"]
        assert isinstance(scorer, FunctionVerifier)
        verdict = scorer.check(replace(sample, completion=NO_WORD))  # in this process: the answer is ours
        problem = {"unreadable": str(verdict.info.get("problem", verdict.reason))} if verdict.score is None else {}
        return Reading("puzzle", "puzzle", str(verdict.info.get("puzzle", "–"))[:LONG], problems=problem)

    def _itself(self, sample: Sample, route: str) -> dict[str, str]:
        """Each reference given back as the answer must be accepted."""
        verifier = self._routes.get(route)
        for reference in references_of(sample)[:8] if verifier else ():
            columns = {**sample.columns, "answer": reference}
            forms = [f"\\boxed{{{reference}}}", *([reference] if "\\boxed" in reference else ())]
            verdicts = [_verdict(verifier, Sample(sample.index, sample.prompt, form, columns)) for form in forms]
            if any(verdict is not None and verdict.score == 1 for verdict in verdicts):
                continue
            if verdicts[0] is None:
                return {"unreadable": "every rule of the route abstains"}
            return {"not_itself": verdicts[0].reason}
        return {}

    def _is_one_sided(self, sample: Sample, route: str) -> bool:
        """Whether every rule of the route abstains on an answer that is none."""
        verifier = self._routes.get(route)
        return verifier is not None and _verdict(verifier, replace(sample, completion=NO_WORD)) is None

    def _clash(self, sample: Sample, reference: str, place: int) -> str:
        """Where the prompt stood before with a reference that is not equal to this one."""
        question = sample.question
        if not question.strip():
            return ""
        asked = hash((question, str(sample.columns.get("choices")), str(sample.columns.get("image_path"))))
        before, where = self._answers.setdefault(asked, (reference, place))
        if before == reference:
            return ""
        from rewardkit.answers import compare

        return "" if compare(reference=before, answer=reference).equal else f"row {where}: {before[:100]}"


def _unread(sample: Sample, route: str) -> str:
    """What a question says of the unit or rounding of a number that cannot be read."""
    from rewardkit.question.samples import question_of

    question = question_of(sample) if route in ("number", "math") else None
    return ", ".join(question.unread) if question else ""


def _verdict(verifier: Verifier | None, sample: Sample) -> Verdict | None:
    return next((verdict for verdict in _verdicts(verifier, sample) if verdict.status is not Status.ABSTAINED), None)


def _verdicts(verifier: Verifier | None, sample: Sample) -> Iterator[Verdict]:
    """What each rule says, in the order of the cascade; those that need processes are for doubtful pairs, not this."""
    if isinstance(verifier, Cascade):
        for part in verifier.parts:
            yield from _verdicts(part, sample)
    elif isinstance(verifier, FunctionVerifier) and not verifier.isolated and not verifier.waits:
        yield verifier.check(sample)


def _counted(references: Sequence[str], options: Options) -> str:
    """Which option a whole number would count, where the choices have no numbers of their own; empty for any other reference."""
    if len(references) != 1 or not is_whole(references[0]) or not options.stated or options.labels:
        return ""
    count = int(references[0])
    texts = list(options.texts.items())
    ways = [
        f"index={first}: {texts[count - first][0]} {texts[count - first][1]}"
        for first in (0, 1)
        if 0 <= count - first < len(texts)
    ]
    return "; ".join(ways)[:LONG]


def _option(reference: str, options: Options) -> str:
    from rewardkit.verifiers.choice.reading import reference_letters

    letters = reference_letters(reference, options) if options.texts else ""
    named = [f"{letter}: {options.texts[letter]}" if options.texts.get(letter) else letter for letter in sorted(letters or ())]
    return "; ".join(named) or reference.strip()


def _solution(reference: str) -> dict[str, str]:
    """A solution around the answer, where the reference is one."""
    if "####" in reference:
        return {"worked_solution": "the answer stands after ####"}
    if len(reference) > LONG and _FINAL.search(reference):
        return {"worked_solution": "the answer stands after its marker"}
    return {}


def _problems(reference: str, route: str, shape: str, noted: tuple[str, ...]) -> dict[str, str]:
    problems: dict[str, str] = {}
    cut = _cut_off(reference)
    if cut:
        problems["truncated"] = cut
    if route in ("number", "math"):
        words = _WORD.findall(_COMMAND.sub(" ", _TEXT_PART.sub(" ", reference)))
        if len(words) >= 3:
            problems["prose"] = " ".join(words[:5])
    unread = [note for note in noted if note.startswith(("unreadable", "too_complex"))]
    if unread and not shape and not problems and _SIGN.search(reference):
        problems["text_only"] = unread[0].partition(": ")[2] or unread[0]
    return problems


def _cut_off(text: str) -> str:
    """What of its LaTeX was never closed; empty when nothing."""
    plain = text.replace("\\\\", "")
    if plain.endswith("\\"):
        return "ends in a backslash"
    plain = re.sub(r"\\[{}$]", "", plain)
    if plain.count("{") > plain.count("}"):
        return "an open {"
    if plain.count("$") % 2 and "\\" in plain:
        return "an open $"
    for start, end in (("\\left", "\\right"), ("\\begin", "\\end"), ("\\(", "\\)"), ("\\[", "\\]")):
        tail = r"(?![a-zA-Z])"
        if len(re.findall(re.escape(start) + tail, plain)) > len(re.findall(re.escape(end) + tail, plain)):
            return f"{start} without {end}"
    return ""
