"""Rows of the small world in WeThink's schema: a picture, a question of one of three types, its answer, a demonstration.

Demonstrations are corrupted on purpose where asked for (`Slips`): the chain lists the scene rightly and then draws a wrong
conclusion, always the same slip, or breaks the form. A warm start on them sees well and concludes badly, which is what a
reward can repair. Answers are always right.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.wethink.tiny.drawing import draw
from examples.wethink.tiny.scenes import COLOURS, DIGITS, SHAPES, Scene, draw_scene

LETTERS = "ABCD"
OPTIONS = " ".join(f"{letter} {colour}" for letter, colour in zip(LETTERS, COLOURS, strict=True))
CHART_SHARE = 0.25
CHOICE, BLANK, DESCRIPTIVE = "multiple choice", "fill-in-blank", "descriptive"
ROUTES = {CHOICE: "rule", BLANK: "rule", DESCRIPTIVE: "model"}
"""The row's `reward`: what checks it. The released strings are not known to us; these are ours."""

RELATIONS = {"left of": "above", "above": "left of", "higher than": "lower than", "lower than": "higher than"}
"""Each relation and the one it is taken for in a corrupted demonstration."""


@dataclass(frozen=True)
class Slips:
    """How often a demonstration is corrupted: `wrong` concludes wrongly, `broken` has a broken form."""

    wrong: float = 0.0
    broken: float = 0.0


@dataclass(frozen=True)
class Question:
    """A question, its answer, and how a chain ends, rightly and with the slip."""

    category: str
    abilities: tuple[str, ...]
    problem: str
    answer: str
    conclusion: str
    slip_answer: str
    slip_conclusion: str


def ask(category: str, scene: Scene, rng: random.Random) -> Question | None:
    """A question of that type about the scene, or None when the scene allows none."""
    if category == CHOICE:
        return _choice(scene)
    if category == BLANK:
        return _blank(scene, rng)
    return _description(scene)


def _after(value: str, values: tuple[str, ...]) -> str:
    return values[(values.index(value) + 1) % len(values)]


def _choice(scene: Scene) -> Question | None:
    if scene.is_chart:
        low, high = sorted(scene.things, key=lambda bar: bar.height)
        if low.height == high.height:
            return None
        name, colour, abilities = "higher bar", high.colour, ("reasoning", "math")
    else:
        single = [t for t in scene.things if t.kind in SHAPES and sum(o.kind == t.kind for o in scene.things) == 1]
        if not single:
            return None
        name, colour, abilities = single[0].kind, single[0].colour, ("reasoning", "recognition")
    slip = _after(colour, COLOURS)
    letter, slip_letter = (LETTERS[COLOURS.index(c)] for c in (colour, slip))
    return Question(
        CHOICE,
        abilities,
        f"which colour is the {name} ? {OPTIONS}",
        letter,
        f"the {name} is {colour} {letter} .",
        slip_letter,
        f"the {name} is {slip} {slip_letter} .",
    )


def _blank(scene: Scene, rng: random.Random) -> Question | None:
    if scene.is_chart:
        bar = rng.choice(scene.things)
        return _filled(f"how high is the {bar.colour} bar ?", f"the {bar.colour} bar is", str(bar.height), ("reasoning", "math"))
    numbers = [t for t in scene.things if t.kind in DIGITS]
    single = [t for t in numbers if sum(o.colour == t.colour for o in numbers) == 1]
    if single and rng.random() < 0.5:
        number = rng.choice(single)
        return _filled(f"which number is {number.colour} ?", f"the {number.colour} number is", number.kind, ("reasoning", "OCR"))
    shape = rng.choice(SHAPES)
    count = str(sum(t.kind == shape for t in scene.things))
    return _filled(f"how many {shape}s ?", f"{shape}s :", count, ("reasoning", "recognition"))


def _filled(problem: str, lead: str, answer: str, abilities: tuple[str, ...]) -> Question:
    slip = _after(answer, ("0", "1", "2", "3")) if lead.endswith(":") else _after(answer, DIGITS)
    return Question(BLANK, abilities, problem, answer, f"{lead} {answer} .", slip, f"{lead} {slip} .")


def _description(scene: Scene) -> Question | None:
    said = _relation(scene)
    if said is None:
        return None
    first, relation, second = said
    ends = [" ".join(filter(None, (f"a {first}", r, second and f"a {second}"))) for r in (relation, RELATIONS.get(relation, ""))]
    if not relation:  # one thing: the slip is in its colour
        colour, kind = first.split()
        ends[1] = f"a {_after(colour, COLOURS)} {kind}"
    count = f"things : {len(scene.things)} ."
    return Question(DESCRIPTIVE, ("reasoning", "spatial"), "describe the picture", ends[0], count, ends[1], count)


def _relation(scene: Scene) -> tuple[str, str, str] | None:
    """The first thing, how it stands to the second, the second; None when it cannot be said in few words."""
    names = [f"{t.colour} {t.kind}" for t in scene.things]
    if len(names) == 1:
        return names[0], "", ""
    if len(names) > 2:
        return None
    first, second = scene.things
    if scene.is_chart:
        if first.height == second.height:
            return None
        return names[0], "higher than" if first.height > second.height else "lower than", names[1]
    if first.cell // 2 == second.cell // 2:
        return names[0], "left of", names[1]
    return (names[0], "above", names[1]) if first.cell % 2 == second.cell % 2 else None


def think(scene: Scene, conclusion: str) -> str:
    """The chain of a row: what stands in the scene, and what follows."""
    return f"i see {' , '.join(thing.words for thing in scene.things)} . {conclusion}"


def in_form(chain: str, answer: str) -> str:
    """What a model of this world is to write."""
    return f"<think> {chain} </think> <answer> {answer} </answer>"


def demonstrate(scene: Scene, question: Question, slips: Slips, rng: random.Random) -> str:
    """What SFT imitates: chain and answer in their tags, wrong or out of form as often as `slips` says."""
    wrong = rng.random() < slips.wrong
    conclusion, answer = (question.slip_conclusion, question.slip_answer) if wrong else (question.conclusion, question.answer)
    chain = think(scene, conclusion)
    formed = in_form(chain, answer)
    if rng.random() >= slips.broken:
        return formed
    return rng.choice(
        (
            f"<think> {chain} <answer> {answer} </answer>",
            f"{chain} </think> <answer> {answer} </answer>",
            f"{formed} <answer> {answer} </answer>",
        )
    )


@dataclass(frozen=True)
class Picture:
    """A picture on disk, the scene that it shows, and the one question that is asked about it."""

    path: Path
    scene: Scene
    question: Question


def draw_pictures(count: int, seed: int, *, held_out: bool, images: Path) -> list[Picture]:
    """`count` pictures, a third for each type of question, written to `images` as PNG.

    With `held_out` all layouts are of the held-out fifth, else none is.
    """
    rng = random.Random(seed)
    images.mkdir(parents=True, exist_ok=True)
    pictures: list[Picture] = []
    while len(pictures) < count:
        category = tuple(ROUTES)[len(pictures) % 3]
        scene = draw_scene(rng, CHART_SHARE, (1, 2, 2, 2, 2) if category == DESCRIPTIVE else (1, 2, 3))
        question = ask(category, scene, rng) if scene.held_out == held_out else None
        # A count of none is as common as the others only when most of them are passed over.
        if question is None or (question.answer == "0" and rng.random() < 0.6):
            continue
        path = images / f"{len(pictures):05d}.png"
        draw(scene, rng).save(path)
        pictures.append(Picture(path, scene, question))
    return pictures


def make_rows(count: int, seed: int, *, held_out: bool, slips: Slips, images: Path) -> list[dict[str, Any]]:
    """`count` rows about `draw_pictures` of the same arguments.

    `refined_cot` is the right chain; beside the fields of WeThink's data stand `demonstration`, which is what SFT imitates, and
    `layout`. Scenes and pictures depend on the seed alone, so that clean and corrupted demonstrations of one seed show the
    same.
    """
    slipping = random.Random(seed)
    return [
        {
            "problem": question.problem,
            "answer": question.answer,
            "category": question.category,
            "abilities": list(question.abilities),
            "refined_cot": think(scene, question.conclusion),
            "image_path": str(path.relative_to(images.parent)),
            "reward": ROUTES[question.category],
            "demonstration": demonstrate(scene, question, slips, slipping),
            "layout": scene.layout,
        }
        for path, scene, question in (
            (p.path, p.scene, p.question) for p in draw_pictures(count, seed, held_out=held_out, images=images)
        )
    ]


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """One JSON object a line; the file is there when it is whole."""
    part = path.with_name(f"{path.name}.part")
    part.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    part.replace(path)


def vocabulary() -> list[str]:
    """Every word that a row of this world can hold."""
    text = f"""describe the picture ? which colour is the circle square triangle higher bar number {OPTIONS} how many high circles
    squares triangles a 0 1 2 3 4 things i see , . : left of above higher lower than <think> </think> <answer> </answer>"""
    return sorted(set(text.split()))
