"""The default recipe: the route of a row is decided by the shape of its reference and its choices."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rewardkit import registry
from rewardkit.answers.equality.understand import is_mathematics
from rewardkit.answers.forms.structures import is_mapping
from rewardkit.answers.notation.dates import read_date
from rewardkit.answers.notation.plain_number import PlainNumber, is_whole, read_number
from rewardkit.compose import Cascade
from rewardkit.question import Question, read_question
from rewardkit.question.description import describes
from rewardkit.question.references import references_of
from rewardkit.question.samples import question_of
from rewardkit.recipes import judge_of
from rewardkit.router import Router
from rewardkit.types import Sample, Verifier
from rewardkit.verifiers.choice.options import NO_OPTIONS, Options, read_options
from rewardkit.verifiers.choice.reading import is_option_reference
from rewardkit.verifiers.code.tested import names_tests
from rewardkit.verifiers.instruct import names_instructions
from rewardkit.verifiers.puzzle import names_puzzle

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["build", "forget_routes", "rules", "shape_of"]

KEPT = 512  # prompts with their references
FEW = 64  # references of a row whose route is kept


def build(
    judge: Any = None,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    disagreements: str | None = None,
) -> Verifier:
    """The `auto` router: choice, number, date, mathematics, structures, code, text, instructions and puzzles, each by its rules.

    Free text abstains with `needs_judge`.

    Args:
        judge: What decides where rules cannot: a judge, a client, or a spec such as "http://HOST/v1", "vllm:MODEL" or
            "hf:MODEL". Default None: nothing does.
        judge_on: Which rows it sees: those a rule cannot tell ("abstain", the default), also those a rule calls a mismatch
            ("reject"), or all ("always"); see `rewardkit.judges.rule_then_judge.RuleThenJudge`.
        judge_cache: Path of a file that keeps the judge's replies for later runs.
        judge_canaries: How many answers that cannot be right the judge is asked about with each question (default 1); 0
            trusts any judge.
        disagreements: Path to which rows that a rule rejects and the judge accepts are appended.
    """
    if judge is None:
        return rules()
    from rewardkit.judges.rule_then_judge import RuleThenJudge

    return RuleThenJudge(
        rules(),
        judge_of(judge, "binary", cache=judge_cache, canaries=judge_canaries),
        on=judge_on,
        log=disagreements,
        name="auto",
    )


def rules() -> Router:
    """The rules alone, by the shape of the reference."""
    mathematics = "math.equal", "math.symbolic", "text.exact"
    return Router(
        {
            "choice": Cascade("choice.option", *mathematics, name="choice", final=["needs_judge"]),
            "number": Cascade("number.equal", *mathematics, name="number", final=["needs_judge"]),
            "math": Cascade(*mathematics, name="math", final=["needs_judge"]),
            "code": registry.get("code.python"),
            "struct": registry.get("struct.equal"),
            "date": Cascade("date.equal", "text.exact", "text.restated", name="date"),
            "text": Cascade("text.exact", "text.restated", name="text"),
            "instruct": registry.get("instruct.ifeval"),
            "puzzle": registry.get("puzzle.reasoning_gym"),
        },
        by=shape_of,
        name="auto",
    )


def shape_of(sample: Sample) -> str:
    """The route of a row: `choice`, `number`, `struct`, `code`, `date`, `math`, `text`, `instruct` or `puzzle`.

    A row whose column `instruction_id_list` is not empty names the instructions that it is about, and one whose `metadata` is
    reasoning-gym's the puzzle. A reference that names or
    equals one of the options is a choice; one that is a single number is a number, and one that is a date a date; one with keys
    and values in braces, in JSON or Python's spelling, is a structure, and with lists of `inputs` and `outputs` tests of code;
    words, brackets and the like are text; everything else that reads as mathematics is mathematics.
    """
    if names_instructions(sample):
        return "instruct"
    if names_puzzle(sample):
        return "puzzle"
    references = references_of(sample)
    if not references:
        return "text"
    columns = sample.columns
    if columns.get("choices") is None and columns.get("options") is None and len(references) <= FEW:
        question = sample.question if sample.prompt else None
        if question != "":
            return _kept(references, question)
    return _shape_of(references, read_options(sample), question_of(sample))


@lru_cache(maxsize=KEPT)
def _kept(references: tuple[str, ...], question: str | None) -> str:
    """The shape of rows without a column of options, kept for the completions of a group."""
    if question is None:
        return _shape_of(references, NO_OPTIONS, None)
    return _shape_of(references, read_options(Sample(0, question, "", {})), read_question(question))


def forget_routes() -> None:
    """Empty the cache of routes, as a benchmark of cold speed needs."""
    _kept.cache_clear()


def _shape_of(references: tuple[str, ...], options: Options, question: Question | None) -> str:
    """The shape by what the prompt and the references say."""
    if all([is_option_reference(reference, options) for reference in references]):
        return "choice"
    if all(map(is_whole, references)):
        return "number"
    if all([is_mapping(reference) for reference in references]):
        return "code" if all(map(names_tests, references)) else "struct"
    if all(map(read_date, references)):
        return "date"
    if all([describes(reference, question) for reference in references]):
        return "text"
    numbers = [read_number(reference) for reference in references]
    if all([number and (not number.comma or _is_decimal(number, question)) for number in numbers]):
        return "number"
    return "math" if all(map(is_mathematics, references)) else "text"


def _is_decimal(number: PlainNumber, question: Question | None) -> bool:
    """Whether a comma in a number is its decimal point, and parts no list: a unit stands behind, or the language has it so."""
    return bool(number.unit or number.currency or number.percent) or (question is not None and question.decimal_comma)
