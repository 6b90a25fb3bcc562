"""Written by tools/docs/generate.py: `load` as type checkers know it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypedDict, overload

from typing_extensions import Unpack

from rewardkit.judges.rule_then_judge import Direction
from rewardkit.lifted import Check
from rewardkit.recipes.revisual_r1 import Stage
from rewardkit.recipes.wethink import Way
from rewardkit.reward import RewardFunction
from rewardkit.steps import Aggregation
from rewardkit.types import Judge, Verifier
from rewardkit.verifiers.format import Mode, Outside
from rewardkit.verifiers.grounding.shapes import Order, Scale
from rewardkit.verifiers.length import Unit
from rewardkit.verifiers.likeness.rouge import Kind
from rewardkit.verifiers.likeness.sacre import Tokenize
from rewardkit.verifiers.struct import Notation
from rewardkit.verifiers.text import OnMiss

class OfTheFunction(TypedDict, total=False):
    """What every reward function takes, whatever decides in it."""

    references: str | Callable[[str], str | None] | None
    columns: Mapping[str, str] | None
    trace: str | Path | None
    max_error_share: float
    error_window: int
    time_limit_s: float | None
    slow_s: float

class Load(Protocol):
    """`rewardkit.load`."""

    @overload
    def __call__(
        self,
        name: Literal["ar_mcts"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        values: str | None = ...,
        aggregation: Aggregation = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["auto"] = ...,
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        disagreements: str | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["general_reasoner"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        tokens: Callable[[str], int] | None = ...,
        compat: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["insight_v"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        path_judge: Any = ...,
        compat: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["lamm"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        by: str = ...,
        counting: Literal["equal", "error"] = ...,
        detection: Literal["pairs", "precision"] = ...,
        caption: Literal["rouge_l", "bleu4"] = ...,
        compat: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["mammoth_vl"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        image: str | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["mm_eureka"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        compat: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["observe_r1"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        compat: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["openvlthinker"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        compat: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["othink_mr1"],
        *,
        judge: Any = ...,
        alpha: float = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["revisual_r1"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        words: bool = ...,
        critic_words: Mapping[str, float] = ...,
        revisit_phrases: Sequence[str] = ...,
        budget: int | None = ...,
        stage: Stage = ...,
        compat: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["seed_bench_r1"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        compat: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["vision_r1"],
        *,
        judge: Any = ...,
        judge_on: Direction = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["wethink"],
        *,
        judge: Any = ...,
        routes: Mapping[str, Way] | None = ...,
        by: str = ...,
        accuracy_weight: float = ...,
        format_weight: float = ...,
        gated: bool = ...,
        judge_on: Direction | Literal["never"] = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        tiers: Sequence[float] = ...,
        image: str | None = ...,
        disagreements: str | None = ...,
        compat: Literal["easyr1"] | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["abstain.tier"],
        *,
        tier: float = ...,
        wrong: float = ...,
        by: str = ...,
        options: Mapping[str, Any] | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["calibration.brier"],
        *,
        by: str = ...,
        options: Mapping[str, Any] | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["calibration.rlcr"],
        *,
        by: str = ...,
        options: Mapping[str, Any] | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["call.match"],
        *,
        ordered: bool = ...,
        any_of: bool = ...,
        partial: bool = ...,
        extra_arguments: bool = ...,
        turns: Literal["last", "all"] = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["choice.option"],
        *,
        index: int | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["code.python"],
        *,
        partial: bool = ...,
        tolerance: float = ...,
        ordered: bool = ...,
        timeout_s: int = ...,
        memory_mb: int = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["code.sql"],
        *,
        ordered: bool | None = ...,
        tolerance: float = ...,
        timeout_s: int = ...,
        memory_mb: int = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(self, name: Literal["date.equal"], **rest: Unpack[OfTheFunction]) -> RewardFunction: ...
    @overload
    def __call__(self, name: Literal["easyr1.accuracy"], **rest: Unpack[OfTheFunction]) -> RewardFunction: ...
    @overload
    def __call__(self, name: Literal["easyr1.format"], **rest: Unpack[OfTheFunction]) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["format.boxed"],
        *,
        inside: str | None = ...,
        once: bool = ...,
        allow_empty: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["format.observe_think_answer"],
        *,
        mode: Mode = ...,
        outside: Outside = ...,
        opened: bool = ...,
        allow_empty: bool = ...,
        nested: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["format.tags"],
        *,
        tags: Sequence[str] = ...,
        mode: Mode = ...,
        outside: Outside = ...,
        opened: bool = ...,
        allow_empty: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["format.think_answer"],
        *,
        mode: Mode = ...,
        outside: Outside = ...,
        opened: bool = ...,
        allow_empty: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["graded.number"],
        *,
        limit: float = ...,
        error: Literal["relative", "absolute"] = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["grounding.ap"],
        *,
        scale: Scale = ...,
        order: Order = ...,
        answer_scale: Scale | None = ...,
        answer_order: Order | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["grounding.box"],
        *,
        measure: Literal["iou", "giou"] = ...,
        threshold: float | None = ...,
        match: Literal["one", "set"] = ...,
        scale: Scale = ...,
        order: Order = ...,
        answer_scale: Scale | None = ...,
        answer_order: Order | None = ...,
        labels: Literal["match", "ignore"] = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["grounding.keypoints"],
        *,
        threshold: float | None = ...,
        sigma: float | None = ...,
        scale: Scale = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["grounding.mask"],
        *,
        threshold: float | None = ...,
        scale: Scale = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["grounding.point"],
        *,
        radius: float | None = ...,
        match: Literal["one", "set"] = ...,
        scale: Scale = ...,
        order: Order = ...,
        answer_scale: Scale | None = ...,
        labels: Literal["match", "ignore"] = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["grounding.segment"],
        *,
        threshold: float | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["instruct.ifeval"],
        *,
        reading: Literal["strict", "loose"] = ...,
        credit: Literal["all", "share"] = ...,
        compat: Literal["google"] | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["language.consistent"],
        *,
        language: str | None = ...,
        threshold: float | None = ...,
        think: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["length.budget"],
        *,
        budget: int = ...,
        mode: Literal["max", "exact"] = ...,
        slope: float = ...,
        offset: float = ...,
        unit: Unit = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["length.cosine"],
        *,
        maximum: int = ...,
        right: tuple[float, float] = ...,
        wrong: tuple[float, float] = ...,
        unit: Unit = ...,
        by: str = ...,
        options: Mapping[str, Any] | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["length.overlong"],
        *,
        maximum: int = ...,
        cache: int = ...,
        unit: Unit = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["length.repetition"],
        *,
        ngram: int = ...,
        loop: int = ...,
        allowed: float = ...,
        unit: Literal["words", "tokens"] = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["math.equal"],
        *,
        rounding: Literal["exact", "reference", "significant", "asked"] = ...,
        units: Literal["lenient", "strict"] = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(self, name: Literal["math.symbolic"], **rest: Unpack[OfTheFunction]) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["number.equal"],
        *,
        abs_tol: float = ...,
        rel_tol: float = ...,
        relaxed: bool = ...,
        rounding: Literal["exact", "reference", "significant", "asked"] = ...,
        tolerance: Literal["none", "finance", "physics", "rough"] = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["puzzle.reasoning_gym"],
        *,
        partial: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["schema.json"],
        *,
        schema: Mapping[str, Any] | None = ...,
        max_depth: int = ...,
        max_characters: int = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["struct.equal"],
        *,
        notation: Notation = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["table.teds"],
        *,
        structure: bool = ...,
        sections: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.anls"],
        *,
        threshold: float = ...,
        raw: bool = ...,
        on_miss: OnMiss = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.bleu"],
        *,
        tokenize: Tokenize = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.cer"],
        *,
        threshold: float | None = ...,
        normalised: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(self, name: Literal["text.chrf"], *, word_order: int = ..., **rest: Unpack[OfTheFunction]) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.cider"],
        *,
        frequencies: str | None = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.contains"],
        *,
        on_miss: OnMiss = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.exact"],
        *,
        on_miss: OnMiss = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.f1"],
        *,
        threshold: float = ...,
        raw: bool = ...,
        on_miss: OnMiss = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.ratio"],
        *,
        threshold: float = ...,
        raw: bool = ...,
        on_miss: OnMiss = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.restated"],
        *,
        reading: Literal["strict", "loose"] = ...,
        on_miss: OnMiss = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(self, name: Literal["text.rouge"], *, kind: Kind = ..., **rest: Unpack[OfTheFunction]) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: Literal["text.wer"],
        *,
        threshold: float | None = ...,
        normalised: bool = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(
        self,
        name: str,
        *,
        judge: Any = ...,
        judge_on: Direction | Literal["never"] = ...,
        judge_cache: str | None = ...,
        judge_canaries: int = ...,
        values: str | None = ...,
        aggregation: Aggregation = ...,
        disagreements: str | None = ...,
        tokens: Callable[[str], int] | None = ...,
        compat: Literal["easyr1"] | bool | None = ...,
        path_judge: Any = ...,
        by: str = ...,
        counting: Literal["equal", "error"] = ...,
        detection: Literal["pairs", "precision"] = ...,
        caption: Literal["rouge_l", "bleu4"] = ...,
        image: str | None = ...,
        alpha: float = ...,
        words: bool = ...,
        critic_words: Mapping[str, float] = ...,
        revisit_phrases: Sequence[str] = ...,
        budget: int | None = ...,
        stage: Stage = ...,
        routes: Mapping[str, Way] | None = ...,
        accuracy_weight: float = ...,
        format_weight: float = ...,
        gated: bool = ...,
        tiers: Sequence[float] = ...,
        **rest: Unpack[OfTheFunction],
    ) -> RewardFunction: ...
    @overload
    def __call__(self, name: Verifier | Judge | Check, **rest: Unpack[OfTheFunction]) -> RewardFunction: ...

def signed(function: Callable[..., RewardFunction]) -> Load: ...
