"""The systems that are compared: one function and one row each."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.leaderboard import baselines, letters, ours, peers, verl
from benchmarks.leaderboard.shown import Judgement
from rewardkit.errors import UnknownName

__all__ = ["OURS", "SYSTEMS", "System", "system"]

OURS = "rewardkit"


@dataclass(frozen=True)
class System:
    """One system.

    `module` is what must be importable for it and `package` the name whose version is told. `boxes` says that a bare answer is
    handed over inside `\\boxed{}`, `dollars` that the reference stands between dollars; otherwise both are as the suite has them.
    A system that is `whole` reads all references of a row itself. `forks` says that the processor time of its children counts.
    """

    name: str
    module: str
    package: str
    load: Callable[[], Judgement]
    about: str
    boxes: bool = False
    dollars: bool = False
    whole: bool = False
    forks: bool = False

    @property
    def here(self) -> bool:
        """Whether its package can be imported by this Python."""
        return importlib.util.find_spec(self.module) is not None

    @property
    def version(self) -> str:
        """Package and version; empty for what is part of this repository."""
        return f"{self.package} {importlib.metadata.version(self.package)}" if self.package else ""


def system(name: str) -> System:
    """The system of that name. Raises `UnknownName` with near misses."""
    if name not in SYSTEMS:
        raise UnknownName("system", name, SYSTEMS)
    return SYSTEMS[name]


_VERL, _TRINITY = "verl", "trinity-rft"

_TABLE = (
    System(OURS, "rewardkit", "", ours.rules, "this library's rules, no judge (`load('auto')`)", whole=True),
    System(
        *("math-verify", "math_verify", "math-verify", peers.math_verify),
        "Math-Verify, references between dollars, bare answers in a box",
        boxes=True,
        dollars=True,
    ),
    System(
        *("math-verify as is", "math_verify", "math-verify", peers.math_verify),
        "Math-Verify on the texts as they stand, as data sets often hold them",
    ),
    System("mathruler", "mathruler", "mathruler", peers.mathruler, "MathRuler, the grader of EasyR1"),
    System("verl gsm8k", "verl", _VERL, verl.gsm8k, "the last number, compared as text"),
    System("verl math_reward", "verl", _VERL, verl.math_reward, "the last box, compared as tidied text", boxes=True),
    System("verl math_dapo", "verl", _VERL, verl.math_dapo, "`Answer: …` or the last box, as tidied text", boxes=True),
    System("verl prime_math", "verl", _VERL, verl.prime_math, "the last box, text and sympy", boxes=True, forks=True),
    System("verl math_verify", "verl", _VERL, verl.math_verify, "Math-Verify with the reference in a box", boxes=True),
    System("verl geo3k", "verl", _VERL, verl.geo3k, "MathRuler on the last box", boxes=True),
    System("verl search_r1", "verl", _VERL, verl.exact_match, "exact match of what stands in `<answer>`"),
    System(
        *("TRL accuracy_reward", "trl", "trl", peers.trl),
        "Math-Verify by TRL; no verdict where the reference cannot be read",
        boxes=True,
        dollars=True,
    ),
    System("Qwen2.5-Math", "trinity", _TRINITY, peers.qwen, "Qwen's grader, in Trinity-RFT's shortened copy", boxes=True),
    System("lm-eval minerva", "lm_eval", "lm_eval", peers.lm_eval_minerva, "Minerva's rules, text and sympy", boxes=True),
    System("lm-eval NeMo", "lm_eval", "lm_eval", peers.lm_eval_nemo, "NeMo-Skills' grader, text and sympy", boxes=True),
    System("tinker-cookbook", "tinker_cookbook", "tinker-cookbook", peers.tinker, "PRM800K's grader, mended", boxes=True),
    System("reward-kit", "reward_kit", "reward-kit", peers.reward_kit, "numbers found by patterns, with a tolerance", boxes=True),
    System("OpenJudge", "openjudge", "py-openjudge", peers.openjudge, "Math-Verify; an exception scores 1", boxes=True),
    System("reasoning-gym", "reasoning_gym", "reasoning-gym", peers.reasoning_gym, "exact, or the share of a text that holds it"),
    System("inspect_ai math", "inspect_ai", "inspect_ai", peers.inspect_math, "a parser of its own and sympy", boxes=True),
    System("inspect_ai match", "inspect_ai", "inspect_ai", peers.inspect_match, "the end of the text, words or numbers"),
    System(
        *("lighteval math", "lighteval", "lighteval", peers.lighteval_math),
        "the older form of Math-Verify that lighteval keeps",
        boxes=True,
        dollars=True,
    ),
    System("lighteval letters", "lighteval", "lighteval", letters.lighteval_letters, "letters of options by patterns"),
    System("VLMEvalKit", "vlmeval", "nvidia-vlmeval", letters.vlmevalkit, "`can_infer`: one letter, else one option's text"),
    System("OpenCompass", "opencompass", "opencompass", letters.opencompass, "`first_option_postprocess`: letters by patterns"),
    System("baseline: exact", "benchmarks", "", baselines.exact, "the last box or line is the reference"),
    System("baseline: contained", "benchmarks", "", baselines.contained, "the reference stands somewhere in the text"),
    System("baseline: last number", "benchmarks", "", baselines.last_number, "the last number is the reference"),
)

SYSTEMS: dict[str, System] = {entry.name: entry for entry in _TABLE}
