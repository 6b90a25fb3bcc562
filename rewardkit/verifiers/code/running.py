"""One run of a row's tests, and the verdict on it."""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit.sandbox import Call, End, Limits, Outcome, Program, shared
from rewardkit.types import Verdict
from rewardkit.verifiers.code.tested import Tests

__all__ = ["REASONS", "run"]

MOST_TESTS_OVERDUE = 20  # times the limit of one test is the limit of all

REASONS = {End.OVERDUE: "timeout", End.TOO_LARGE: "too_complex"}


class _Hearing:
    """What was heard of one run so far: which tests are passed, and what the first that is not came to."""

    def __init__(self, tests: Tests, limits: Limits, *, tolerance: float, ordered: bool, partial: bool) -> None:
        self.tests = tests.tests
        self.tolerance = tolerance
        self.ordered = ordered
        self.partial = partial
        self.left_s = MOST_TESTS_OVERDUE * float(limits.cpu_s)
        self.outcomes: list[Outcome] = []
        self.done = 0
        self.passed = 0
        self.failed: tuple[int, Outcome] | None = None
        self.overdue = False

    def hear(self, outcome: Outcome) -> bool:
        """Take one more outcome; whether there is a point in going on."""
        test = self.tests[self.done]
        self.outcomes.append(outcome)
        if outcome.end is End.WELL and len(self.outcomes) < len(test.calls):
            return True
        right = outcome.end is End.WELL and test.right(self.outcomes, self.tolerance, self.ordered)
        self.passed += right
        if not right and self.failed is None:
            self.failed = self.done, outcome
        self.done += 1
        self.outcomes = []
        self.left_s -= max(outcome.cpu_s, outcome.wall_s / 3)  # on a busy machine the clock runs ahead of the CPU
        self.overdue = self.done < len(self.tests) and self.left_s < 0
        return (right or self.partial) and not self.overdue

    def calls(self) -> Iterator[Call]:
        """What is asked next, as long as there is something: a test that has failed is asked no more."""
        while self.done < len(self.tests):
            yield self.tests[self.done].calls[len(self.outcomes)]


def run(code: str, tests: Tests, limits: Limits, *, tolerance: float, ordered: bool, partial: bool) -> Verdict:
    """The verdict on code. Raises `SandboxUnavailable`."""
    hearing: _Hearing

    def begin() -> Iterator[Call]:
        nonlocal hearing
        hearing = _Hearing(tests, limits, tolerance=tolerance, ordered=ordered, partial=partial)
        return hearing.calls()

    if not shared().run(Program(code, limits, tests.setup), begin, lambda: hearing.hear):
        return Verdict.scored(0.0, "too_complex", tests=len(tests.tests), cause="the sandbox was lost in the run, twice")
    score = hearing.passed / len(tests.tests)
    info: dict[str, object] = {"tests": len(tests.tests), "passed": hearing.passed, "extracted": code[:500]}
    if score == 1.0:
        return Verdict.scored(1.0, **info)
    reason = "timeout" if hearing.overdue else None
    if hearing.failed is not None:
        place, outcome = hearing.failed
        info |= {"failed": place, "ended": outcome.end.value, "problem": outcome.problem}
        reason = reason or REASONS.get(outcome.end)
    if not partial:
        return Verdict.scored(0.0, reason or "mismatch", **info)
    return Verdict.scored(score, None if score else reason, **info)
