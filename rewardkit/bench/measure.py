"""The procedure: which system sees which pair when, under which limits. It is stated before any number is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal

from rewardkit import lifted, registry
from rewardkit.bench import systems
from rewardkit.bench.tally import Tally
from rewardkit.errors import RewardKitError, UsageError
from rewardkit.extract import Method, extract
from rewardkit.types import Sample, Status, Verdict
from rewardkit.workers import Workers

__all__ = ["Mode", "Order", "Outcome", "Pair", "Procedure", "measure", "usable"]

Mode = Literal["auto", "pairs", "completions"]
Order = Literal["suites", "pairs"]

MEMORY_MB = 4096
SLICE = 64
BARE_LENGTH = 400
WARMING = 100  # pairs, spread over a suite, that each process judges before it is timed


@dataclass(frozen=True, slots=True)
class Pair:
    """One labelled row; label None when it has none."""

    sample: Sample
    label: bool | None
    kind: str


@dataclass(frozen=True)
class Procedure:
    """How a run is done.

    `order` is `suites` (a system does a whole suite, then the next one does) or `pairs` (every system does a pair, then all
    do the next); the first to go changes with each suite or pair. `mode` says what completions are: `pairs` bare answers,
    `completions` model outputs, `auto` decides row by row. Each pair has `limit_s` seconds of wall clock (20).
    """

    order: Order = "suites"
    mode: Mode = "auto"
    recipe: str = "auto"
    limit_s: float = 20.0
    cold: bool = True
    clear_sympy: bool = False

    def __str__(self) -> str:
        turn = "suite after suite" if self.order == "suites" else "pair by pair"
        ours = "our cache of read references emptied before every pair" if self.cold else "our cache of read references kept"
        sympy = "sympy's cache emptied before every pair" if self.clear_sympy else "sympy's cache as a fresh process has it"
        dress = {
            "auto": "a one-line answer without a marker of its own is handed over boxed, anything else as it is",
            "pairs": "every completion is handed over boxed, as a bare answer",
            "completions": "every completion is handed over as it is",
        }[self.mode]
        return (
            f"{turn} in one run, the order of systems rotated; each system in a fresh process of its own for each suite; "
            f"{ours}; {sympy}; the whole verdict is timed (route, extraction, both readings, equality) in CPU time, not the "
            f"imports, a warming round of {WARMING} pairs of the suite or the way between processes; "
            f"{self.limit_s:g} s of wall clock a pair, then the process is killed and the pair tried once more; {dress}"
        )


@dataclass(frozen=True)
class Outcome:
    """Every verdict of one system on one suite."""

    suite: str
    system: str
    verdicts: Sequence[Verdict]
    pairs: Sequence[Pair]

    def tallies(self) -> dict[str, Tally]:
        """Counts of the whole suite under the empty name, and of each kind."""
        result: dict[str, Tally] = {"": Tally()}
        for pair, verdict in zip(self.pairs, self.verdicts, strict=True):
            result[""].add(pair.label, verdict)
            result.setdefault(pair.kind, Tally()).add(pair.label, verdict)
        return result


def usable(names: Sequence[str], procedure: Procedure) -> dict[str, str]:
    """Why each of the systems cannot be used; those that can are left out. Each is started once, on a pair that all can read."""
    problems = {}
    probe = Sample(0, "", r"The answer is \boxed{\frac{1}{2}}.", {"answer": r"\frac{1}{2}"})
    for name in names:
        with _workers(procedure, limit_s=60.0) as pool:
            try:
                verdict = pool.run(_verifier(name, procedure), [probe])[0]
            except RewardKitError as cause:
                problems[name] = str(cause)
                continue
        if verdict.status is Status.ERROR or verdict.reason in ("timeout", "too_complex"):
            problems[name] = ": ".join(str(verdict.info[key]) for key in ("error", "message", "cause") if key in verdict.info)
    return problems


def measure(
    suite: str,
    pairs: Sequence[Pair],
    names: Sequence[str],
    procedure: Procedure,
    turn: int = 0,
    tell: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """Each system's verdicts on the pairs, in the order of `names`.

    `turn` is the number of the suite in the run, from which the order rotates. `tell` hears how many verdicts came in. Where
    a system was cut off the verdict says `timeout` or `too_complex`. Raises `UsageError` without pairs.
    """
    if not pairs:
        message = f"{suite} has no rows to measure on"
        raise UsageError(message)
    samples = [_handed_over(pair.sample, procedure.mode) for pair in pairs]
    found: dict[str, list[Verdict]] = {name: [] for name in names}
    with ExitStack() as stack:
        pools: dict[str, Workers] = {}
        for name, part in _turns(names, samples, procedure.order, turn):
            if name not in pools:
                pools[name] = stack.enter_context(_workers(procedure))
                pools[name].run(_verifier(name, procedure), samples[:: -(-len(samples) // WARMING)])
            found[name] += pools[name].run(_verifier(name, procedure), part)
            if tell is not None:
                tell(len(part))
            if len(found[name]) == len(samples):
                pools[name].close()
    return [Outcome(suite, name, found[name], pairs) for name in names]


def _turns(names: Sequence[str], samples: Sequence[Sample], order: Order, turn: int) -> Iterator[tuple[str, Sequence[Sample]]]:
    if order == "pairs":
        for place, sample in enumerate(samples):
            for name in _rotated(names, turn + place):
                yield name, [sample]
        return
    for name in _rotated(names, turn):
        for start in range(0, len(samples), SLICE):
            yield name, samples[start : start + SLICE]


def _rotated(names: Sequence[str], by: int) -> list[str]:
    by %= len(names)
    return [*names[by:], *names[:by]]


def _workers(procedure: Procedure, limit_s: float | None = None) -> Workers:
    # One process that is never replaced for its age: the caches it fills are those of the whole suite.
    return Workers(1, timeout_s=limit_s or procedure.limit_s, memory_mb=MEMORY_MB, recycle_after=10**9)


def _verifier(name: str, procedure: Procedure) -> lifted.FunctionVerifier:
    parameters: dict[str, Any] = {"system": name, "cold": procedure.cold, "clear_sympy": procedure.clear_sympy}
    if name == systems.OURS:
        parameters["recipe"] = procedure.recipe
    return registry.get("bench.system", **parameters)


def _handed_over(sample: Sample, mode: Mode) -> Sample:
    bare = mode == "pairs" or (mode == "auto" and _is_bare(sample.text))
    columns = {key: value for key, value in sample.columns.items() if key in ("answer", "choices", "options")}
    return Sample(sample.index, sample.prompt, sample.completion, {**columns, "bare": bare})


def _is_bare(text: str) -> bool:
    r"""Whether a completion is an answer and nothing else: one line, without `\boxed`, a tag or "the answer is"."""
    if "\n" in text.strip() or len(text) > BARE_LENGTH:
        return False
    return extract(text).method is Method.LAST_LINE
