"""Which runs the small world is measured by: warm starts, GRPO, the controls, and the sweeps.

Every run is one call of `sft.py` or `grpo.py` with `configs/tiny.yaml` and a few overrides, so the plan is data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SMOKE", "Run", "core", "smoke", "sweeps"]

HYBRID: dict[str, Any] = {"kind": "hybrid"}
ABLATION: dict[str, dict[str, Any]] = {
    "rule only": {"kind": "rule"},
    "judge only": {"kind": "judge"},
    "format only": {"kind": "format"},
}
WEIGHTS = ((1.0, 0.0), (0.9, 0.1), (0.5, 0.5), (0.3, 0.7))
TIERS = ((0, 1), (0, 0.25, 0.5, 0.75, 1))


@dataclass(frozen=True)
class Run:
    """One training: `stage` is "sft" or "grpo", `method` its row in the table, `after` the SFT run whose model it starts from."""

    name: str
    stage: str
    method: str
    sft_seed: int
    seed: int
    after: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def core() -> Iterator[Run]:
    """Two warm starts, three seeds of GRPO after each, and the controls: clean labels, and more SFT on the same noisy rows."""
    for seed in (0, 1):
        yield _sft(f"sft-noisy-{seed}", "SFT, corrupted", seed, "noisy")
    for sft_seed, seed in ((0, 0), (1, 0), (0, 1), (0, 2)):
        yield _grpo("GRPO, hybrid", HYBRID, sft_seed, seed)
    for sft_seed in (0, 1):
        # About as long as GRPO takes; the rate is that of the warm start's middle, and falls to nothing again.
        more = {"sft.learning_rate": 1e-3, "sft.seed": 100 + sft_seed}
        yield _sft(f"sft-more-{sft_seed}", "more SFT, corrupted", sft_seed, "noisy", after=f"sft-noisy-{sft_seed}", more=more)
        yield _sft(f"sft-clean-{sft_seed}", "SFT, clean", sft_seed, "clean")
    for seed in (1, 2):
        yield _grpo("GRPO, hybrid", HYBRID, 1, seed)


SMOKE = (
    *("sft.max_steps=40", "sft.per_device_train_batch_size=16", "held_out_every=20"),
    *("grpo.max_steps=10", "grpo.per_device_train_batch_size=24", "grpo.save_steps=5"),
)


def smoke() -> Iterator[Run]:
    """One warm start and one GRPO, for runs of `SMOKE` that show that everything works and nothing else."""
    yield _sft("sft-noisy-0", "SFT, corrupted", 0, "noisy")
    yield _grpo("GRPO, hybrid", HYBRID, 0, 0)


def sweeps() -> Iterator[Run]:
    """Sources, weights, gate and tiers after the first warm start; seed by seed, so that what is done is balanced."""
    for seed in (0, 1, 2):
        for name, reward in ABLATION.items():
            yield _grpo(f"GRPO, {name}", reward, 0, seed)
        yield _grpo("GRPO, even groups dropped", HYBRID, 0, seed, {"drop_even_groups": True})
        for accuracy, form in WEIGHTS:
            weights = {"accuracy_weight": accuracy, "format_weight": form}
            yield _grpo(f"GRPO, weights {accuracy:g} and {form:g}", HYBRID | weights, 0, seed)
        yield _grpo("GRPO, gated", HYBRID | {"gated": True}, 0, seed)
        for tiers in TIERS:
            listed = ", ".join(f"{tier:g}" for tier in tiers)
            yield _grpo(f"GRPO, tiers {listed}", HYBRID | {"tiers": list(tiers)}, 0, seed)


def _sft(name: str, method: str, seed: int, rows: str, after: str | None = None, more: Mapping[str, Any] | None = None) -> Run:
    return Run(name, "sft", method, seed, seed, after, {"train": rows, "held_out_every": 250, "sft.seed": seed, **(more or {})})


def _grpo(method: str, reward: Mapping[str, Any], sft_seed: int, seed: int, more: Mapping[str, Any] | None = None) -> Run:
    word = "".join(c if c.isalnum() or c == "." else "-" for c in method.removeprefix("GRPO, ")).replace("--", "-")
    settings = {f"reward.{name}": value for name, value in reward.items()} | {"grpo.seed": seed, **(more or {})}
    return Run(f"grpo-{word}-{sft_seed}-{seed}", "grpo", method, sft_seed, seed, f"sft-noisy-{sft_seed}", settings)
