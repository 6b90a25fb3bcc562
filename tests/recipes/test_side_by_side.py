"""The published rewards side by side: the world, the arms, the intervals, and that a run of it is measured and goes on."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from examples.comparison import intervals, tables, world  # noqa: E402
from examples.comparison.tricks import TRICKS, Trick  # noqa: E402

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
THING = re.compile(r"a (\w+) (circle|square|triangle|bar|[1-4])(?: ([1-4]))?")


def answer_of(prompt: str) -> str:
    """The answer as a reader finds it in the prompt alone."""
    scene, _, problem = prompt.partition(" . ")
    things = THING.findall(scene)
    if found := re.match(r"how many (\w+)s \?", problem):
        shapes = [kind for _, kind, _ in things]
        corners = {"triangle": 3, "square": 4}
        return str(sum(corners.get(kind, 0) for kind in shapes) if found[1] == "corner" else shapes.count(found[1]))
    if found := re.match(r"which number is (\w+) \?", problem):
        return next(kind for colour, kind, _ in things if colour == found[1] and kind.isdigit())
    if found := re.match(r"how high is the (\w+) bar \?", problem):
        return next(height for colour, _, height in things if colour == found[1])
    found = re.match(r"which colour is the (.+) \? A red B green C blue D yellow", problem)
    assert found, problem
    if found[1] == "higher bar":
        colour = max(things, key=lambda thing: thing[2])[0]
    else:
        (colour,) = [colour for colour, kind, _ in things if kind == found[1]]
    return "ABCD"[("red", "green", "blue", "yellow").index(colour)]


@pytest.mark.parametrize("rows", [world.questions(200, 1, held_out=True), world.too_hard(200, 2)], ids=["questions", "too hard"])
def test_the_answers_are_right(rows: list[dict[str, Any]]) -> None:
    assert [row["answer"] for row in rows] == [answer_of(row["prompt"]) for row in rows]


def test_what_is_held_out_is_never_trained_on() -> None:
    held_out = {row["prompt"].partition(" . ")[0] for row in world.questions(400, 1, held_out=True)}
    trained = [row["prompt"] for row in (*world.questions(400, 2, held_out=False), *world.too_hard(200, 3))]
    trained += [prompt for prompt, _ in world.demonstrations(2000, 4)]
    assert len(held_out) > 50
    assert not held_out & {prompt.partition(" . ")[0] for prompt in trained}


def test_half_of_the_demonstrations_are_wrong_and_none_says_what_is_too_hard() -> None:
    said = world.demonstrations(2000, 7)
    answers = [(re.findall(r"<answer> (?:the answer is )?(\w+) </answer>", text), answer_of(prompt)) for prompt, text in said]
    given = [(found[0], right) for found, right in answers if found]
    assert 0.45 < sum(one == right for one, right in given) / len(given) < 0.55
    assert not {one for one, _ in given} & {row["answer"] for row in world.too_hard(200, 2)}
    begins = Counter("observed" if text.startswith("<observe>") else "other" for _, text in said)
    assert 0.12 < begins["observed"] / len(said) < 0.2


@needs_torch
def test_every_reward_of_outcomes_that_trained_a_policy_is_there_and_every_trick_has_its_arms() -> None:
    from examples.comparison.arms import ARMS, HACKS
    from rewardkit.recipes.parts.published import Grain, published

    policy = {
        name
        for name, found in published().items()
        if found.place is not None and found.place.grain is Grain.OUTCOME and "evaluation" not in found.place.learning
    } - {"mammoth_vl"}  # SFT on what is kept
    assert {arm.recipe for arm in ARMS if arm.published} == policy
    names = [arm.name for arm in (*ARMS, *HACKS)]
    assert len(set(names)) == len(names)
    assert {name for trick in TRICKS for name in (trick.of, trick.without)} <= {arm.name for arm in ARMS}


@needs_torch
def test_the_kept_tables_have_every_arm_with_its_three_seeds_and_no_run_twice() -> None:
    from examples.comparison.arms import ARMS, HACKS

    runs, steps = tables.read(tables.COMPARED), tables.read(tables.HACKED)
    assert set(runs) == {tables.WARM, *(arm.name for arm in (*ARMS, *HACKS))}
    assert set(steps) == {arm.name for arm in HACKS}
    assert all(sorted(line["seed"] for line in lines) == ["0", "1", "2"] for lines in runs.values())
    assert all(len({line["steps"] for line in lines}) == 1 for lines in runs.values())
    assert all(len({(line["seed"], line["step"]) for line in lines}) == len(lines) for lines in steps.values())


@pytest.mark.parametrize(("degrees", "t"), [(1, 12.706), (4, 2.776), (10, 2.228), (30, 2.042), (120, 1.980)])
def test_student_s_t_is_that_of_the_tables(degrees: int, t: float) -> None:
    assert intervals.student(degrees) == pytest.approx(t, abs=2e-3)


def lines_of(*values: float) -> list[dict[str, str]]:
    return [{"x": str(value), "published": "0"} for value in values]


def test_intervals_pool_the_spread_of_all_arms() -> None:
    runs = {"a": lines_of(0.1, 0.2, 0.3), "b": lines_of(0.5, 0.5, 0.5), "c": lines_of(0.9)}
    # a: variance 0.01 of two degrees; b: 0 of two; c says nothing of it. t(4) = 2.776
    assert intervals.pooled(runs, "x") == (pytest.approx(0.005), 4)
    assert intervals.interval(runs, "a", "x") == (pytest.approx(0.2), pytest.approx(2.776 * (0.005 / 3) ** 0.5, rel=1e-3))
    apart = intervals.difference(runs, Trick("", "b", "a"), "x")
    assert apart == (pytest.approx(0.3), pytest.approx(2.776 * (0.005 * 2 / 3) ** 0.5, rel=1e-3))


@pytest.mark.parametrize(
    ("sampled", "greedy", "said"),
    [
        (0.2, 0.0, "helps"),
        (0.0, -0.2, "hurts"),
        (0.05, -0.05, "cannot be told from chance"),
        (0.2, -0.2, "helps one and hurts the other"),
    ],
)
def test_a_trick_helps_where_its_interval_says_so(sampled: float, greedy: float, said: str) -> None:
    columns = ("sampled_accuracy", "greedy_accuracy", "sampled_form")

    def arm(*means: float) -> list[dict[str, str]]:
        seeds = [dict(zip(columns, (str(mean + off) for mean in means), strict=True)) for off in (-0.01, 0.0, 0.01)]
        return [{**seed, "published": "0"} for seed in seeds]

    runs = {"of": arm(0.5 + sampled / 3, 0.5 + greedy / 3, 0.5), "without": arm(0.5, 0.5, 0.5)}
    # t(4) · 0.01 · √(2/3) = 0.023, between 0.05/3 and 0.2/3
    assert tables.tricks(runs, [Trick("it", "of", "without")]).splitlines()[-1].endswith(f"| {said} |")
    assert "not measured" in tables.tricks(runs, [Trick("it", "of", "elsewhere")])


@needs_torch
def test_what_is_said_word_by_word_has_the_probabilities_of_the_whole() -> None:
    import torch

    from examples.comparison.model import END, Tiny, Words, complete

    torch.manual_seed(0)
    words = Words(["a", "b", "c", "d"])
    model, prompts = Tiny(len(words.words)), words.padded(["a b c d", "b", "d d"])
    greedy = complete(model, prompts, sampled=False)
    whole = torch.cat([greedy.prompts, greedy.ids], 1)
    real = torch.cat([prompts != 0, greedy.mask], 1)
    likeliest = model(whole, real)[:, prompts.shape[1] - 1 : -1].argmax(-1)
    assert torch.equal(likeliest[greedy.mask], greedy.ids[greedy.mask])
    said = complete(model, prompts, sampled=True)
    for row in range(3):  # padding and neighbours change nothing
        alone = said._replace(
            prompts=prompts[row : row + 1, prompts[row] != 0], ids=said.ids[row : row + 1], mask=said.mask[row : row + 1]
        )
        kept = said.mask[row]
        torch.testing.assert_close(said.log_probs(model)[row][kept], alone.log_probs(model)[0][kept], rtol=1e-4, atol=1e-5)
        ended = (said.ids[row] == END).nonzero()
        assert not len(ended) or int(kept.sum()) == int(ended[0]) + 1


@needs_torch
def test_pad_counts_a_row_as_often_as_it_is_drawn_and_no_more_in_all() -> None:
    import torch

    from examples.comparison.arms import ARMS
    from examples.comparison.train import _drawn

    advantages = torch.tensor([0.5] * 8 + [2.0] * 8)
    (pad,) = [arm for arm in ARMS if arm.name == "revisual_r1"]
    drawn = _drawn(pad, advantages)
    assert (drawn[8:] == 0).all()
    # Sixteen rows' worth of weight on the eight that are under the ceiling.
    assert drawn.sum().item() == pytest.approx(0.5 * 16)
    assert torch.equal(_drawn(ARMS[0], advantages), advantages)


@needs_torch
@pytest.mark.slow
def test_a_run_is_measured_written_once_and_goes_on(tmp_path: Path) -> None:
    from examples.comparison.__main__ import COMPARED, HACKED, Book
    from examples.comparison.arms import ARMS, HACKS

    arms = {arm.name: arm for arm in (*ARMS, *HACKS)}
    for _ in range(2):
        book = Book(tmp_path, 5, 2, 2, 8)
        book.start(0)
        for name in ("observe_r1", "othink_mr1", "revisual_r1"):
            book.compare(arms[name], 0)
        book.hack(arms["paid form"], 0)
    with (tmp_path / COMPARED).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert [row["arm"] for row in rows] == [tables.WARM, "observe_r1", "othink_mr1", "revisual_r1", "paid form"]
    assert all(0 <= float(row["sampled_accuracy"]) <= 1 and float(row["cpu_s"]) > 0 for row in rows)
    with (tmp_path / HACKED).open(encoding="utf-8", newline="") as source:
        assert [(row["arm"], row["step"]) for row in csv.DictReader(source)] == [("paid form", "0"), ("paid form", "1")]
