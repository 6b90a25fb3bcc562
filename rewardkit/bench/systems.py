r"""The systems that are compared, each as a function of one pair; this file is run inside worker processes.

A published rule is called the way somebody who knows it would: a bare answer goes to it inside `\boxed{}` or `$`, because
most of them read little else. Imports and what a warming round of pairs loads are outside the measured time.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from rewardkit.compose import Cascade
from rewardkit.errors import UnknownName
from rewardkit.lifted import FunctionVerifier
from rewardkit.registry import verifier
from rewardkit.router import Router
from rewardkit.types import Sample, Status, Verdict, Verifier

__all__ = ["OURS", "PEERS", "Peer", "boxed", "decide", "in_dollars", "missing", "run"]

OURS = "rewardkit"

Judgement = Callable[[Sample, bool], "Verdict | float | bool | None"]


def missing(name: str) -> str:
    """How to install a peer that is not here; empty when it is."""
    peer = PEERS.get(name)
    if peer is None:
        raise UnknownName("system to compare with", name, PEERS)
    return "" if importlib.util.find_spec(peer.package) else peer.install


@verifier("bench.system", requires=("answer",), isolated=True)
def run(sample: Sample, *, system: str = OURS, recipe: str = "auto", cold: bool = True, clear_sympy: bool = False) -> Verdict:
    """One system's verdict on one pair, with `cpu_s` and `wall_s` in `info`, and for ours `verifier_s`, the time without a route.

    `cold` empties our cache of read references before the pair, `clear_sympy` the cache of sympy. The column `bare` says
    that the completion is an answer and nothing else.
    """
    judge = _ours(recipe) if system == OURS else PEERS[system].load()
    # Whichever comes second finds the pair in the processor's caches, so they take turns.
    routed_first = sample.index % 2 == 0
    verifier_s = 0.0 if system != OURS or routed_first else _without_route(recipe, sample, cold)
    clock = _cpu_with_children if system in _FORKING else time.process_time
    bare = bool(sample.columns.get("bare"))
    if cold:
        _forget()
    if clear_sympy:
        from sympy.core.cache import clear_cache

        clear_cache()
    wall, cpu = time.perf_counter(), clock()
    result = judge(sample, bare)
    cpu_s, wall_s = clock() - cpu, time.perf_counter() - wall
    if not isinstance(result, Verdict):
        result = Verdict.abstained("gold_unparseable") if result is None else Verdict.scored(float(result))
    told = {key: result.info[key] for key in ("error", "message", "extracted", "route_s") if key in result.info}
    told["by"] = result.verifier
    if system == OURS:
        told["verifier_s"] = _without_route(recipe, sample, cold) if routed_first else verifier_s
    return Verdict(result.score, result.status, result.reason, {**told, "cpu_s": cpu_s, "wall_s": wall_s})


def decide(verifier: Verifier, sample: Sample) -> Verdict:
    """What a cascade of registered functions says of one sample, without the machinery of batches.

    That machinery is measured apart (`benchmarks/rules/bench_pipeline.py`), since its cost is shared by a batch.
    """
    if isinstance(verifier, FunctionVerifier):
        return verifier.check(sample)
    if isinstance(verifier, Cascade):
        for part in verifier.parts:
            verdict = decide(part, sample)
            if verdict.status is not Status.ABSTAINED:
                break
        return verdict
    return verifier.verify([sample])[0]


_OPENING = (
    Sample(0, "How many eggs are there?", "There are not 12 eggs, but 13 eggs.", {"answer": "12"}),
    Sample(1, "Which is a bird?\nA) Crow\nB) Bat", "It is not B, so A is the answer.", {"answer": "A"}),
    Sample(2, "Who wrote Emma?", "Emma was not written by Scott.", {"answer": "Jane Austen"}),
)
"""One row a kind of route."""


@cache
def _built(recipe: str) -> Verifier:
    from rewardkit import recipes

    return recipes.build(recipe)


@cache
def _ours(recipe: str) -> Judgement:
    from rewardkit.answers.equality.algebra import algebra

    algebra()  # an import, as sympy is for the peers that stand on it
    built = _built(recipe)
    built.verify(_OPENING)  # reads the tables, as an import does
    if not isinstance(built, Router) or not callable(built.by):
        return lambda sample, bare: decide(built, sample)
    by, routes, default = built.by, built.routes, built.default

    def judge(sample: Sample, bare: bool) -> Verdict:
        # A trainer that routes by a column pays nothing for it, and no peer has routes: their share is told apart.
        start = time.process_time()
        to = routes.get(str(by(sample)), default)
        route_s = time.process_time() - start
        verdict = Verdict.abstained("no_route") if to is None else decide(to, sample)
        return verdict.noting(route_s=route_s)

    return judge


def _without_route(recipe: str, sample: Sample, cold: bool) -> float:
    """Processor time of the same verdict where the route is known before: both sides read, caches emptied again."""
    to = _built(recipe)
    if isinstance(to, Router) and callable(to.by):
        to = to.routes.get(str(to.by(sample)), to.default) or to
    if cold:
        _forget()
    start = time.process_time()
    decide(to, sample)
    return time.process_time() - start


def _forget() -> None:
    from rewardkit.answers import forget
    from rewardkit.recipes.auto import forget_routes
    from rewardkit.verifiers.choice.letters import forget_mentions
    from rewardkit.verifiers.choice.options import forget_prompts
    from rewardkit.verifiers.text.words import forget_words

    forget()
    forget_routes()
    forget_prompts()
    forget_mentions()
    forget_words()


def _cpu_with_children() -> float:
    """Processor time of this process and of the processes it started and has waited for."""
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def boxed(text: str) -> str:
    r"""The answer inside `\boxed{}`, without the dollars around it."""
    return text if "\\boxed" in text else f"\\boxed{{{_bare(text)}}}"


def in_dollars(text: str) -> str:
    """The answer between dollars, unless it holds some of its own or is a whole solution."""
    return text if "\\boxed" in text or "$" in _bare(text) else f"${_bare(text)}$"


def _bare(text: str) -> str:
    stripped = text.strip()
    inner = stripped.strip("$").strip()
    return stripped if "$" in inner else inner


@cache
def _math_verify() -> Judgement:
    from math_verify import parse, verify

    def judge(sample: Sample, bare: bool) -> bool:
        completion = boxed(sample.text) if bare else sample.text
        return any(verify(parse(in_dollars(reference)), parse(completion)) for reference in sample.references)

    return judge


@cache
def _mathruler() -> Judgement:
    from mathruler.grader import extract_boxed_content, grade_answer

    def judge(sample: Sample, bare: bool) -> bool:
        answer = sample.text if bare else extract_boxed_content(sample.text)
        return any(grade_answer(answer, reference) for reference in sample.references)

    return judge


@cache
def _verl() -> Judgement:
    from verl.utils.reward_score.prime_math import compute_score

    def judge(sample: Sample, bare: bool) -> bool:
        completion = boxed(sample.text) if bare else sample.text
        results = (compute_score(completion, reference) for reference in sample.references)
        return any(bool(result[0] if isinstance(result, tuple) else result) for result in results)

    return judge


@cache
def _trl() -> Judgement:
    from trl.rewards import accuracy_reward

    def judge(sample: Sample, bare: bool) -> float | None:
        message = [{"role": "assistant", "content": boxed(sample.text) if bare else sample.text}]
        references = [in_dollars(reference) for reference in sample.references]
        rewards: list[Any] = accuracy_reward(completions=[message] * len(references), solution=references)
        return max((reward for reward in rewards if reward is not None), default=None)

    return judge


@dataclass(frozen=True)
class Peer:
    """A published rule: the package it is in, how to load it, how to install it."""

    package: str
    load: Callable[[], Judgement]
    install: str


PEERS: dict[str, Peer] = {
    "math-verify": Peer("math_verify", _math_verify, "pip install math-verify"),
    "mathruler": Peer("mathruler", _mathruler, "pip install --no-deps mathruler && pip install pylatexenc tqdm sympy"),
    "verl": Peer("verl", _verl, "pip install verl"),
    "trl": Peer("trl", _trl, "pip install trl math-verify"),
}

# prime_math runs each symbolic comparison in a forked process; what that costs is its cost.
_FORKING = frozenset({"verl"})
