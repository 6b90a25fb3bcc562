"""Questions about scenes in words, and demonstrations that are wrong, out of form, and now and then full of second thoughts.

Scenes and questions are those of the small world of `examples.wethink.tiny`; the scene is told in the prompt instead of drawn.
What is told decides what is held out: a fifth of all that a scene can be told as.
The warm start must have seen every form that one of the recipes pays for, else nothing of it would ever be sampled and paid.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from typing import Any

from examples.wethink.tiny.scenes import COLOURS, HELD_OUT_SHARE, Scene, draw_scene
from examples.wethink.tiny.world import BLANK, CHOICE, Question, ask

__all__ = ["CORNERS", "demonstrations", "questions", "too_hard", "vocabulary"]

WRONG, SECOND_THOUGHTS, MORE_OF_THEM, SPELLED_OUT = 0.5, 0.25, 0.3, 0.2
THOUGHTS = ("wait", "but wait", "a mistake", "in the image")
"""Words that ReVisual-R1's terms on words pay for."""
CORNERS = {"circle": 0, "triangle": 3, "square": 4}
SIZES = (2,)

Form = Callable[[str, str, str], str]
"""A completion of a listing of the scene, a conclusion and an answer."""

FORMS: dict[str, tuple[float, Form]] = {
    "thought": (0.24, lambda scene, end, answer: f"<think> {scene} {end} </think> <answer> {answer} </answer>"),
    "short": (0.2, lambda scene, end, answer: f"<think> {end} </think> <answer> {answer} </answer>"),
    "observed": (
        0.16,
        lambda scene, end, answer: f"<observe> {scene} </observe> <think> {end} </think> <answer> {answer} </answer>",
    ),
    "explained": (0.16, lambda scene, end, answer: f"<think> {scene} </think> {end} <answer> {answer} </answer>"),
    "unclosed": (0.09, lambda scene, end, answer: f"<think> {scene} {end} <answer> {answer} </answer>"),
    "twice": (
        0.09,
        lambda scene, end, answer: f"<think> {end} </think> <answer> {answer} </answer> <answer> {answer} </answer>",
    ),
    "unanswered": (0.06, lambda scene, end, answer: f"<think> {scene} {end} </think>"),
}
"""Each form's share of the demonstrations, and how it is written."""


def questions(count: int, seed: int, *, held_out: bool) -> list[dict[str, Any]]:
    """`count` rows about scenes of the small world, half of them with choices; with `held_out` about scenes kept for the end."""
    return [_row(scene, question) for scene, question in _drawn(count, random.Random(seed), held_out=held_out)]


def too_hard(count: int, seed: int) -> list[dict[str, Any]]:
    """`count` rows whose answers, five and more, no demonstration ever says: how many corners the scene has."""
    rng, rows = random.Random(seed), []
    while len(rows) < count:
        scene = draw_scene(rng, 0.0, SIZES)
        corners = sum(CORNERS.get(thing.kind, 0) for thing in scene.things)
        if corners > 4 and not _is_held_out(scene):
            rows.append(
                {"prompt": _prompt(scene, "how many corners ?"), "answer": str(corners), "choices": None, "reward": "rule"}
            )
    return rows


def demonstrations(count: int, seed: int) -> list[tuple[str, str]]:
    """`count` prompts with what the warm start imitates."""
    rng = random.Random(seed)
    shares = [share for share, _ in FORMS.values()]
    pairs = []
    for scene, question in _drawn(count, rng, held_out=False):
        wrong = rng.random() < WRONG
        end, answer = (question.slip_conclusion, question.slip_answer) if wrong else (question.conclusion, question.answer)
        if rng.random() < SPELLED_OUT:
            answer = f"the answer is {answer}"
        (_, form) = rng.choices(list(FORMS.values()), shares)[0]
        pairs.append((_prompt(scene, question.problem), form(_listing(scene), f"{_second_thoughts(rng)}{end}", answer)))
    return pairs


def vocabulary() -> list[str]:
    """Every word that a prompt or a completion can hold."""
    said = [text for pair in demonstrations(4000, 0) for text in pair]
    asked = [row["prompt"] for row in (*questions(400, 1, held_out=True), *too_hard(400, 2))]
    return sorted({word for text in [*said, *asked] for word in text.split()})


def _drawn(count: int, rng: random.Random, *, held_out: bool) -> list[tuple[Scene, Question]]:
    found: list[tuple[Scene, Question]] = []
    while len(found) < count:
        scene = draw_scene(rng, 0.25, SIZES)
        question = ask((CHOICE, BLANK)[len(found) % 2], scene, rng) if _is_held_out(scene) == held_out else None
        # A count of none is as common as the others only when most of them are passed over.
        if question is not None and (question.answer != "0" or rng.random() < 0.4):
            found.append((scene, question))
    return found


def _row(scene: Scene, question: Question) -> dict[str, Any]:
    choices = list(COLOURS) if question.category == CHOICE else None
    return {"prompt": _prompt(scene, question.problem), "answer": question.answer, "choices": choices, "reward": "rule"}


def _is_held_out(scene: Scene) -> bool:
    return hashlib.sha256(_told(scene).encode()).digest()[0] % HELD_OUT_SHARE == 0


def _told(scene: Scene) -> str:
    return " , ".join(thing.words for thing in scene.things)


def _prompt(scene: Scene, problem: str) -> str:
    return f"{_told(scene)} . {problem}"


def _listing(scene: Scene) -> str:
    return f"i see {_told(scene)} ."


def _second_thoughts(rng: random.Random) -> str:
    said = ""
    chance = SECOND_THOUGHTS
    while rng.random() < chance:
        said += f"{rng.choice(THOUGHTS)} . "
        chance = MORE_OF_THEM
    return said
