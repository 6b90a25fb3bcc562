"""LAMM and its framework ChEF: each kind of task of a multimodal benchmark by a score of its own, as a reward of one row.

Sources: arXiv 2306.06687 (LAMM), arXiv 2311.02692 (ChEF) and the released `src/ChEF/metric`. The column `task` says which of
`TASKS` a row is. What belongs to several rows is not here: MMBench in circles and MME's pairs are `rewardkit.evals`. Boxes in
space and synonyms by WordNet are not offered; accepted synonyms are a list of answers.

`compat=True` reads letters, counts and words as the released code does: "(A)" counts nowhere behind "The answer is B.", a text
without a number counts none and is right where there is none, and words to be read are found between spaces alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from rewardkit import registry
from rewardkit.compose import Cascade
from rewardkit.errors import BadParameter
from rewardkit.extract import extract, outside_think
from rewardkit.lifted import FunctionVerifier, Spec
from rewardkit.recipes import judge_of
from rewardkit.recipes.auto import rules
from rewardkit.recipes.parts import chef
from rewardkit.router import Router
from rewardkit.types import Sample, Verdict, Verifier
from rewardkit.verifiers.choice.options import read_options

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["TASKS", "build"]

TASKS = ("vqa", "yes_no", "classification", "counting", "detection", "keypoint", "ocr", "caption")


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    by: str = "task",
    counting: Literal["equal", "error"] = "equal",
    detection: Literal["pairs", "precision"] = "pairs",
    caption: Literal["rouge_l", "bleu4"] = "rouge_l",
    compat: bool = False,
) -> Verifier:
    """The `lamm` reward of a row, from 0 to 1, by what its task is scored with.

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        by: The column that says which of `TASKS` a row is (default "task").
        counting: Whether the count is right ("equal", the default), or 1 less its error as a share of the count ("error").
        detection: F1 of boxes paired with references at an overlap of 0.5 ("pairs", the default), or the mean average
            precision ("precision").
        caption: "rouge_l" (default) or "bleu4", each with the reference that fits best.
        compat: As the released code reads letters, counts and words; no judge is asked about them.

    Raises:
        BadParameter: For a measure that is not there.
    """
    for name, value, known in (
        ("counting", counting, ("equal", "error")),
        ("detection", detection, ("pairs", "precision")),
        ("caption", caption, ("rouge_l", "bleu4")),
    ):
        if value not in known:
            message = f"{name}={value!r} cannot be used; wanted {' or '.join(map(repr, known))}"
            raise BadParameter(message)
    rubric = chef.rouge_l if caption == "rouge_l" else chef.bleu4
    routes: dict[str, Verifier] = {
        "vqa": registry.get("choice.option"),
        "yes_no": rules(),
        "classification": Cascade("text.exact", "text.contains", name="classification"),
        "counting": registry.get("number.equal") if counting == "equal" else registry.get("graded.number", limit=1.0),
        "detection": registry.get("grounding.box", match="set") if detection == "pairs" else registry.get("grounding.ap"),
        "keypoint": registry.get("grounding.point"),
        "ocr": FunctionVerifier(Spec("lamm.ocr", _compared, ("answer",)), {"measure": chef.words_read}),
        "caption": FunctionVerifier(Spec("lamm.caption", _compared, ("answer",)), {"measure": rubric}),
    }
    if compat:
        routes["vqa"] = FunctionVerifier(Spec("lamm.letter", _letter, ("answer",)))
        routes["counting"] = FunctionVerifier(Spec("lamm.count", _count, ("answer",)), {"error": counting == "error"})
        routes["ocr"] = FunctionVerifier(Spec("lamm.ocr", _recall, ("answer",)))
    router = Router(routes, by, name="lamm")
    if judge is None:
        return router
    from rewardkit.judges.rule_then_judge import RuleThenJudge

    asked = judge_of(judge, "binary", cache=judge_cache, canaries=judge_canaries)
    return RuleThenJudge(router, asked, on=judge_on, name="lamm")


def _compared(sample: Sample, *, measure: Any) -> Verdict:
    """A measure of the answer, or of all that is said where no answer is marked, with the references."""
    found = extract(sample.text)
    given = (found.text or "") if found.marked else outside_think(sample.text).strip()
    if not given:
        return Verdict.scored(0.0, "no_answer", extracted=None)
    return Verdict.scored(measure(given, sample.references), extracted=given[:2000])


def _letter(sample: Sample) -> Verdict:
    wanted = sample.references[0].strip(" ().:").upper()
    return Verdict.scored(float(chef.letter(sample.text, wanted, list(read_options(sample).texts.values()))))


def _count(sample: Sample, *, error: bool) -> Verdict:
    wanted, given = int(float(sample.references[0])), chef.counted(sample.text)
    if not error:
        return Verdict.scored(float(given == wanted), extracted=str(given))
    share = min(wanted, abs(given - wanted)) / wanted if wanted else 0.0
    return Verdict.scored(1 - share, extracted=str(given))


def _recall(sample: Sample) -> Verdict:
    return Verdict.scored(chef.recalled(sample.text, sample.references))
