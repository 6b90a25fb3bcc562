"""Published readers of multiple choice: which option does a completion name? None where the row has no options."""

from __future__ import annotations

from benchmarks.leaderboard.shown import Judgement, Shown, without_start

__all__ = ["lighteval_letters", "opencompass", "vlmevalkit"]


def vlmevalkit() -> Judgement:
    """VLMEvalKit's `can_infer`; None where it infers nothing, for then VLMEvalKit asks a judge."""
    without_start("vlmeval", "vlmeval.utils", "vlmeval.smp")
    from vlmeval.utils.matching_util import can_infer

    def judge(row: Shown) -> bool | None:
        if not row.letter:
            return None
        found = can_infer(row.completion, dict(row.options))
        return bool(found == row.letter) if found else None

    return judge


def opencompass() -> Judgement:
    """OpenCompass's `first_option_postprocess`."""
    without_start("opencompass", "opencompass.utils")
    from opencompass.utils.text_postprocessors import first_option_postprocess

    def judge(row: Shown) -> bool | None:
        return bool(first_option_postprocess(row.completion, "".join(row.options)) == row.letter) if row.letter else None

    return judge


def lighteval_letters() -> Judgement:
    """lighteval's extractive match on the letters of the options."""
    from lighteval.metrics.dynamic_metrics import MultilingualExtractiveMatchMetric
    from lighteval.metrics.utils.extractive_match_utils import IndicesExtractionConfig
    from lighteval.models.model_output import ModelResponse
    from lighteval.tasks.requests import Doc

    targets = (IndicesExtractionConfig(prefix_for_extraction="NativeLetters"),)
    metric = MultilingualExtractiveMatchMetric(gold_extraction_target=targets, pred_extraction_target=targets, precision=6)

    def judge(row: Shown) -> float | None:
        letters = list(row.options)
        if row.letter not in letters or letters != [chr(ord("A") + place) for place in range(len(letters))]:
            return None
        choices = [f" {letter}" for letter in letters]
        doc = Doc(query=row.sample.question, choices=choices, gold_index=letters.index(row.letter), task_name="leaderboard")
        return float(metric.compute(doc=doc, model_response=ModelResponse(text=[row.completion])))

    return judge
