"""From an image to a row, stage by stage; every stage either goes on or says why the row ends there.

The order is the paper's (arXiv 2506.07905): a coarse caption, turns in which a reasoner without eyes asks and the vision
model looks, one description; a question under ability constraints; quality control; two answers and a third model where they
differ; a refined chain. The rule checks, the blind check and the swapped order of the answers before the third model are
ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.wethink.data.rows import Row, tidy_chain
from examples.wethink.synthesis import checks
from examples.wethink.synthesis.abilities import Constraints
from examples.wethink.synthesis.asking import Asker, Dropped, Role
from examples.wethink.synthesis.coverage import Unit
from rewardkit.judges.kinds.templates import fence

__all__ = ["Line", "Made"]

QUESTIONS_A_TURN = 4
SHORT_ANSWER = 1500

_TEXT = {"type": "string"}
_YES = {"type": "boolean"}
_TEXTS = {"type": "array", "items": _TEXT}


def _schema(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


@dataclass(frozen=True)
class Made:
    """A kept row and how it came about: who agreed, and who was overruled."""

    row: Row
    outcome: str
    answers: tuple[str, str]


@dataclass
class Line:
    """The models in their parts and the rules they work under.

    `root` is the folder that image paths in rows are relative to. `turns` is how often the reasoner may ask (default 2).
    `blind` also drops what the reasoner answers right without an image.
    """

    asker: Asker
    vision: Role
    reasoner: Role
    third: Role
    constraints: Constraints
    root: Path
    turns: int = 2
    blind: bool = True

    async def make(self, unit: Unit, image: Path) -> Made:
        """A row for the unit's cell about this image. Raises `Dropped`, `BudgetSpent` or `Failed`."""
        description = await self.describe(image)
        asked = await self.question(unit, description)
        problem, choices, abilities = asked
        kind = self.constraints.types[unit.cell.type]
        first, second = await self.answers(problem, kind.answer, description, image)
        if self.blind:
            await self.not_blind(unit, problem, kind.answer, choices, second["answer"])
        answer, reasoning, outcome = await self.settled(unit, problem, choices, first, second, image)
        wrong = checks.unverifiable(problem, answer, unit.cell.type, choices)
        if wrong:
            raise Dropped("answer", f"unverifiable: {wrong}", {"problem": problem, "answer": answer})
        if checks.leaks(problem, answer, unit.cell.type):
            raise Dropped("answer", "the question holds its answer", {"problem": problem, "answer": answer})
        chain = await self.refined(problem, answer, reasoning, image)
        extra = {
            "description": description,
            "answers": [first["answer"], second["answer"]],
            "outcome": outcome,
            "unit": unit.number,
        }
        row = Row(problem, answer, unit.cell.type, abilities, chain, image.relative_to(self.root).as_posix(), kind.reward, extra)
        return Made(row, outcome, (first["answer"], second["answer"]))

    async def describe(self, image: Path) -> str:
        """Caption, turns of questions and looks, one description."""
        draft = await self.asker.text(self.vision, "caption", {}, image=image)
        notes: list[str] = []
        for _ in range(self.turns):
            fields = {"description": fence("description", draft), "notes": _notes(notes), "most": str(QUESTIONS_A_TURN)}
            wanted = _schema(questions=_TEXTS)
            questions = (await self.asker.value(self.reasoner, "ask", fields, wanted, _lists("questions")))["questions"]
            questions = questions[:QUESTIONS_A_TURN]
            if not questions:
                break
            listed = "\n".join(f"{number}. {question}" for number, question in enumerate(questions, 1))
            check = _lists("answers", len(questions))
            said = await self.asker.value(self.vision, "look", {"questions": listed}, _schema(answers=_TEXTS), check, image=image)
            notes += [f"{question} {answer}" for question, answer in zip(questions, said["answers"], strict=True)]
        fields = {"description": fence("draft", draft), "notes": _notes(notes)}
        return await self.asker.text(self.vision, "integrate", fields, image=image)

    async def question(self, unit: Unit, description: str) -> tuple[str, Mapping[str, str] | None, tuple[str, ...]]:
        """A question that passed the rules and the reviewer, with its options and the abilities it needs."""
        cell, known = unit.cell, self.constraints.abilities
        listed = "\n".join(f"- {name}: {known[name]}" for name in cell.abilities)
        fields = {
            "description": fence("description", description),
            "form": self.constraints.types[cell.type].form,
            "abilities": listed,
        }
        fields["form"] += f" (draft {unit.number})"
        options = {"anyOf": [{"type": "object", "additionalProperties": _TEXT}, {"type": "null"}]}
        wanted = _schema(possible=_YES, problem=_TEXT, choices=options, abilities=_TEXTS, why=_TEXT)
        said = await self.asker.value(self.reasoner, "question", fields, wanted, _possible)
        if not said["possible"]:
            raise Dropped("question", "not possible with this image", str(said.get("why", ""))[:300], final=True)
        choices = said.get("choices") if cell.type == "MC" else None
        fault = checks.problem_fault(said.get("problem"), choices, cell.type)
        if fault:
            raise Dropped("question", fault, said)
        problem = checks.shown_problem(said["problem"], choices)
        reviewed = {"description": fields["description"], "problem": fence("question", problem), "names": ", ".join(known)}
        wanted = _schema(verifiable=_YES, leaks=_YES, trivial=_YES, abilities=_TEXTS, why=_TEXT)
        review = await self.asker.value(self.reasoner, "quality", reviewed, wanted, _review)
        for flaw, wrong in (("verifiable", False), ("leaks", True), ("trivial", True)):
            if review[flaw] is wrong:
                reason = {"verifiable": "not verifiable", "leaks": "leaks", "trivial": "trivial"}[flaw]
                raise Dropped("quality", reason, {"problem": problem, "why": review.get("why")})
        needed = tuple(name for name in known if name in review["abilities"])
        broken = self.constraints.broken_by(needed, cell)
        if broken:
            raise Dropped("quality", broken, {"problem": problem, "abilities": review["abilities"]})
        return problem, choices, needed

    async def answers(self, problem: str, form: str, description: str, image: Path) -> tuple[dict[str, Any], dict[str, Any]]:
        """The reasoner's answer from the description, and the vision model's from the image."""
        fields = {"problem": fence("question", problem), "form": form}
        wanted = _schema(reasoning=_TEXT, answer=_TEXT)
        described = {**fields, "description": fence("description", description)}
        first = await self.asker.value(self.reasoner, "answer_reasoner", described, wanted, _answer)
        second = await self.asker.value(self.vision, "answer_vision", fields, wanted, _answer, image=image)
        return _stripped(first), _stripped(second)

    async def not_blind(self, unit: Unit, problem: str, form: str, choices: Mapping[str, str] | None, answer: str) -> None:
        """Drop a question that is answered right without the image; a lucky letter is no proof, so options are passed over."""
        if unit.cell.type == "MC":
            return
        fields = {"problem": fence("question", problem), "form": form}
        said = _stripped(await self.asker.value(self.reasoner, "blind", fields, _schema(answer=_TEXT), _answer))
        if checks.agree(said["answer"], answer, problem, unit.cell.type, choices):
            raise Dropped("quality", "answered without the image", {"problem": problem, "answer": answer})

    async def settled(
        self,
        unit: Unit,
        problem: str,
        choices: Mapping[str, str] | None,
        first: Mapping[str, str],
        second: Mapping[str, str],
        image: Path,
    ) -> tuple[str, str, str]:
        """The answer both give, or the one the third model calls right, with the reasoning behind it and how it was settled."""
        same = checks.agree(first["answer"], second["answer"], problem, unit.cell.type, choices)
        asked = fence("question", problem)
        if same is None:
            fields = {"problem": asked, "first": fence("first", first["answer"]), "second": fence("second", second["answer"])}
            said = await self.asker.value(self.third, "same", fields, _schema(same=_YES, why=_TEXT), _is_bool("same"))
            same = said["same"]
        if same:
            return second["answer"], second["reasoning"], "agreed"
        # A model that likes the answer it sees first must not favour one of the two.
        turned = unit.number % 2 == 1
        shown = (second, first) if turned else (first, second)
        fields = {"problem": asked, "first": fence("first", shown[0]["answer"]), "second": fence("second", shown[1]["answer"])}
        wanted = _schema(reasoning=_TEXT, right={"enum": ["first", "second", "neither"]})
        said = await self.asker.value(self.third, "adjudicate", fields, wanted, _right, image=image)
        if said["right"] == "neither":
            sample = {"problem": problem, "reasoner": first["answer"], "vision": second["answer"]}
            raise Dropped("adjudicate", "neither answer is right", sample)
        chosen = shown[0] if said["right"] == "first" else shown[1]
        return chosen["answer"], chosen["reasoning"], "reasoner" if chosen is first else "vision"

    async def refined(self, problem: str, answer: str, reasoning: str, image: Path) -> str:
        """The chain rewritten for learning."""
        fields = {
            "problem": fence("question", problem),
            "reasoning": fence("draft", reasoning),
            "answer": fence("answer", answer),
        }
        chain = await self.asker.text(self.vision, "refine", fields, image=image)
        tidy = tidy_chain(chain)
        if len(tidy) < 20:
            raise Dropped("refine", "no chain left", chain[:300])
        return tidy


def _notes(notes: list[str]) -> str:
    return fence("notes", "\n".join(f"- {note}" for note in notes)) if notes else ""


def _stripped(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"reasoning": ""} | {name: value.strip() for name, value in said.items() if isinstance(value, str)}


def _lists(name: str, size: int | None = None) -> Any:
    def check(said: Mapping[str, Any]) -> str:
        value = said.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            return f"{name} is no list of texts"
        return "" if size is None or len(value) == size else f"{len(value)} {name} to {size} questions"

    return check


def _is_bool(*names: str) -> Any:
    return lambda said: next((f"{name} is neither true nor false" for name in names if not isinstance(said.get(name), bool)), "")


def _possible(said: Mapping[str, Any]) -> str:
    return _is_bool("possible")(said) or ("" if not said["possible"] or isinstance(said.get("problem"), str) else "no problem")


def _review(said: Mapping[str, Any]) -> str:
    return _is_bool("verifiable", "leaks", "trivial")(said) or _lists("abilities")(said)


def _answer(said: Mapping[str, Any]) -> str:
    answer = said.get("answer")
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        said["answer"] = str(answer)  # type: ignore[index]  # the object just read from JSON
        return ""
    if not isinstance(answer, str) or not answer.strip():
        return "no answer"
    return "" if len(answer) <= SHORT_ANSWER else "the answer is too long"


def _right(said: Mapping[str, Any]) -> str:
    return "" if said.get("right") in ("first", "second", "neither") else "right is none of first, second, neither"
