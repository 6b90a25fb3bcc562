"""The three models of the small world's synthesis, scripted: a vision model, a reasoner, and the third one that adjudicates.

They are no models. They know every picture because the world drew it: the vision model by the image that it is sent, the
reasoner by the number in the description that it is sent. They get what real models get, the prompts of `synthesis/prompts`
filled in by the pipeline, and reply with text.

They err on purpose, so that every filter has work: drafts of questions have faults, the reviewer overlooks some leaks, one of
the two who answer slips now and then or puts it in other words. Never do both slip on one picture: alike, no filter could see it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from examples.wethink.synthesis.abilities import Constraints
from examples.wethink.synthesis.asking import PROMPTS
from examples.wethink.tiny.world import BLANK, CHOICE, DESCRIPTIVE, OPTIONS, Picture, think
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds.images import image_parts

__all__ = ["CATEGORIES", "CONSTRAINTS", "Models", "Scripted"]

CONSTRAINTS = Constraints.load(Path(__file__).with_name("abilities.json"))
CATEGORIES = {"MC": CHOICE, "FIB": BLANK, "DES": DESCRIPTIVE}
"""The pipeline's name of a type of question, and the world's."""

CHOICES = dict(re.findall(r"([A-Z]) (\w+)", OPTIONS))
NOT_VERIFIABLE, TRIVIAL, ELSEWHERE = "which of them is the finest ?", "is anything to be seen ?", "what is seen first ?"
OF_THE_TEXT, NO_QUESTION, OPEN = "what does the description say ?", "what ?", "which thing comes to mind ?"
LEAK = " is it "
FAULTY = (NOT_VERIFIABLE, TRIVIAL, ELSEWHERE, OF_THE_TEXT, NO_QUESTION, OPEN, LEAK, LEAK)
FAULTY_IN = 10  # one draft in this many has a fault
MUMBLED_IN = 40  # one question in this many is no JSON
OTHER_WORDS = "there is "

_PLACEHOLDER = re.compile(r"\{\{\w+\}\}")
_FENCE = re.compile(r"<(\w+) ([0-9a-f]{12})>\n(.*?)\n</\1 \2>", re.DOTALL)
_NUMBER = re.compile(r"picture (\d{5}) shows")
_ABILITY = re.compile(r"^- (\w+):", re.MULTILINE)
_LISTED = re.compile(r"^\d+\. ", re.MULTILINE)


def _spoken(path: Path) -> str:
    """The longest piece of a prompt that is the same whatever is filled in."""
    return max(_PLACEHOLDER.split(path.read_text(encoding="utf-8").rpartition("=== user ===")[2]), key=len).strip("\n")


STAGES = {path.stem: _spoken(path) for path in sorted(PROMPTS.glob("*.txt"))}


@dataclass(frozen=True)
class Heard:
    """A request as a scripted model takes it in: the prompt, its fenced parts, the picture that it is about, the seed."""

    text: str
    parts: Mapping[str, str]
    seed: int
    shown: Picture | None

    @property
    def picture(self) -> Picture:
        """The picture. Raises `ValueError` when neither an image nor a description tells which."""
        if self.shown is None:
            message = "the prompt tells no picture of this world"
            raise ValueError(message)
        return self.shown

    @property
    def problem(self) -> str:
        """The question without its options."""
        return self.parts["question"].partition("\n")[0]


@dataclass(frozen=True)
class Scripted:
    """A client whose replies are a script's; a prompt that the script cannot read is a failure."""

    name: str
    says: Callable[[Request], str]

    async def complete(self, requests: Sequence[Request], /) -> list[Reply]:
        """One reply a request."""
        return [self._reply(request) for request in requests]

    def _reply(self, request: Request) -> Reply:
        try:
            return Reply(self.says(request))
        except (ValueError, KeyError) as cause:
            return Reply(failure=f"the script cannot read this prompt: {cause!r}")


class Models:
    """The models that know these pictures, as the clients `vision`, `reasoner` and `third`."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self._by_image = {image_parts(picture.path)[0]["image_url"]["url"]: picture for picture in pictures}
        self._by_number = {_number(picture): picture for picture in pictures}
        sees = {"caption": caption, "look": look, "integrate": integrate, "answer_vision": by_sight, "refine": refine}
        reasons = {"ask": ask_more, "question": question, "quality": quality, "answer_reasoner": by_text, "blind": blind}
        self.vision = Scripted("scripted-vision", self._by(sees))
        self.reasoner = Scripted("scripted-reasoner", self._by(reasons))
        self.third = Scripted("scripted-third", self._by({"same": same, "adjudicate": adjudicate}))

    def _by(self, script: Mapping[str, Callable[[Heard], str]]) -> Callable[[Request], str]:
        def says(request: Request) -> str:
            heard = self._heard(request)
            stage = next((name for name in script if STAGES[name] in heard.text), None)
            if stage is None:
                raise ValueError(heard.text[:200])
            return script[stage](heard)

        return says

    def _heard(self, request: Request) -> Heard:
        content = request.messages[-1]["content"]
        text = content if isinstance(content, str) else content[-1]["text"]
        parts = {label: said for label, _, said in _FENCE.findall(text)}
        if isinstance(content, str):
            number = _NUMBER.search(text)
            picture = self._by_number.get(number[1]) if number else None
        else:
            picture = self._by_image.get(content[0]["image_url"]["url"])
        return Heard(text, parts, request.seed or 0, picture)


def _number(picture: Picture) -> str:
    return picture.path.stem


def caption(heard: Heard) -> str:
    """Coarse: how many things, not which."""
    scene = heard.picture.scene
    return f"picture {_number(heard.picture)} shows {'bars' if scene.is_chart else 'things'} : {len(scene.things)}"


def ask_more(heard: Heard) -> str:
    """Asks until it was told."""
    return json.dumps({"questions": [] if "notes" in heard.parts else ["what stands where ?"]})


def look(heard: Heard) -> str:
    """What stands where."""
    return json.dumps({"answers": [heard.picture.scene.layout] * len(_LISTED.findall(heard.text))})


def integrate(heard: Heard) -> str:
    """The description: number and layout."""
    return f"picture {_number(heard.picture)} shows {heard.picture.scene.layout}"


def question(heard: Heard) -> str:
    """The one question about the picture when it is what is wanted, in drafts that have a fault now and then."""
    asked = heard.picture.question
    kind = next(name for name, said in CONSTRAINTS.types.items() if said.form in heard.text)
    if CATEGORIES[kind] != asked.category or _ABILITY.findall(heard.text) != list(asked.abilities):
        return json.dumps({"possible": False, "why": "the picture allows no such question"})
    if heard.seed % MUMBLED_IN == 0:
        return "i am not sure"
    problem = asked.problem.removesuffix(f" {OPTIONS}")
    place = heard.seed // MUMBLED_IN % (FAULTY_IN * len(FAULTY))
    if place < len(FAULTY):
        problem = f"{problem}{LEAK}{asked.answer}" if FAULTY[place] == LEAK else FAULTY[place]
    said = {"problem": problem, "choices": CHOICES if kind == "MC" else None, "abilities": asked.abilities}
    return json.dumps({"possible": True, **said, "why": "it is what this picture is for"})


def quality(heard: Heard) -> str:
    """Strict, but overlooks every third leak where a guess without the picture will find it."""
    asked, problem = heard.picture.question, heard.problem
    overlooked = heard.seed % 3 == 0 and asked.category != CHOICE
    return json.dumps(
        {
            "verifiable": problem != NOT_VERIFIABLE,
            "leaks": LEAK in problem and not overlooked,
            "trivial": problem == TRIVIAL,
            "abilities": ["recognition"] if problem == ELSEWHERE else asked.abilities,
            "why": "scripted",
        }
    )


def _answered(picture: Picture, slips: bool) -> dict[str, str]:
    asked = picture.question
    conclusion, answer = (asked.slip_conclusion, asked.slip_answer) if slips else (asked.conclusion, asked.answer)
    return {"reasoning": think(picture.scene, conclusion), "answer": answer}


def by_text(heard: Heard) -> str:
    """The reasoner slips on every tenth picture, and on open questions; of others it puts some in other words."""
    turn = int(_number(heard.picture)) % 10
    said = _answered(heard.picture, turn == 0 or heard.problem == OPEN)
    if turn in (2, 3) and heard.picture.question.category == DESCRIPTIVE:
        said["answer"] = OTHER_WORDS + said["answer"]
    return json.dumps(said)


def by_sight(heard: Heard) -> str:
    """The vision model slips on other pictures than the reasoner."""
    slips = int(_number(heard.picture)) % 10 == 1 and heard.problem != OPEN
    return json.dumps(_answered(heard.picture, slips))


def blind(heard: Heard) -> str:
    """A guess that is always wrong, unless the question says its own answer."""
    return json.dumps({"answer": heard.problem.partition(LEAK)[2] or "7"})


def same(heard: Heard) -> str:
    """Whether two answers differ in nothing but the words that lead to them."""
    first, second = (heard.parts[place].removeprefix(OTHER_WORDS) for place in ("first", "second"))
    return json.dumps({"same": first == second, "why": "scripted"})


def adjudicate(heard: Heard) -> str:
    """The answer that the picture shows; an open question has none."""
    right = [place for place in ("first", "second") if heard.parts[place] == heard.picture.question.answer]
    said = {"reasoning": heard.picture.scene.layout, "right": right[0] if right and heard.problem != OPEN else "neither"}
    return json.dumps(said)


def refine(heard: Heard) -> str:
    """The chain from the scene to the right answer; a draft for another answer stays as it is."""
    asked = heard.picture.question
    return think(heard.picture.scene, asked.conclusion) if heard.parts["answer"] == asked.answer else heard.parts["draft"]
