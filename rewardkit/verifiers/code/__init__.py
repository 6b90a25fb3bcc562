"""Code that a completion offers, run in a sandbox: Python against tests, SQL against the rows of a reference."""

from __future__ import annotations

from rewardkit.errors import BadParameter, SandboxUnavailable
from rewardkit.registry import verifier
from rewardkit.sandbox import Limits
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.code.found import PYTHON, SQL, code_of
from rewardkit.verifiers.code.queries import asks_for_order, database_of, rows_of, same_rows, wanted_of
from rewardkit.verifiers.code.running import REASONS, run
from rewardkit.verifiers.code.tested import Unreadable, tests_of

__all__ = ["python", "sql"]

LONGEST = 200_000  # characters of code


def _check_limits(*, timeout_s: int, memory_mb: int, tolerance: float = 0.0, **_: object) -> None:
    if not (1 <= timeout_s <= 600 and 16 <= memory_mb <= 65_536 and 0 <= tolerance < 1):
        wanted = "1 <= timeout_s <= 600, 16 <= memory_mb <= 65536 and 0 <= tolerance < 1"
        message = f"code: wanted {wanted}, not {timeout_s}, {memory_mb}, {tolerance}."
        raise BadParameter(message)


@verifier("code.python", requires=("answer",), waits=True, validate=_check_limits, scores=(0.0, 1.0))
def python(
    sample: Sample,
    *,
    partial: bool = False,
    tolerance: float = 1e-6,
    ordered: bool = True,
    timeout_s: int = 6,
    memory_mb: int = 512,
) -> Verdict:
    """Whether the completion's Python passes the tests of its row, run in a sandbox.

    The code is the last closed fenced block that is named Python or not named, outside of `<think>`; without any fence the whole
    text, where it is code. Tests are standard input and output, a function's arguments and value, or asserts, in the shapes of
    APPS, TACO, LiveCodeBench, MBPP and HumanEval. Each runs in a process of its own, and what it wants never enters the
    sandbox: outputs come out and are compared here. Without a sandbox every row abstains with `sandbox_unavailable`.

    Scored 0 as `no_answer` without code, as `timeout` or `too_complex` where the first test that fails is over a limit, else as
    `mismatch`; `info` has the number of tests, how many were passed, which failed first, and why.

    Args:
        sample: The sample. Its `answer` holds the tests; the columns `fn_name`, `entry_point` or `metadata` may name the
            function, `test_setup_code` and `test_imports` hold what goes before. Tests that cannot be read give
            `gold_unparseable`.
        partial: Score the share of tests that pass. Default False: all or nothing, and the first failure ends the run.
        tolerance: How far numbers may be off where one of them is no whole number: of the greater of 1 and the number wanted.
        ordered: Whether the order counts of printed lines, and of the items of a returned list.
        timeout_s: Seconds of CPU for a test; by the clock it is three times as many. All tests together have 20 times that.
        memory_mb: MiB of memory for a test.

    Raises:
        BadParameter: When the verifier is built with limits that cannot be used.
    """
    try:
        tests = tests_of(sample.columns)
    except Unreadable as cause:
        return Verdict.abstained("gold_unparseable", problem=str(cause)[:500])
    code = code_of(sample.text, PYTHON)
    if not code.strip():
        return Verdict.scored(0.0, "no_answer", tests=len(tests.tests))
    if len(code) > LONGEST:
        return Verdict.scored(0.0, "too_complex", characters=len(code))
    limits = Limits(cpu_s=timeout_s, wall_s=3.0 * timeout_s, memory_mb=memory_mb)
    try:
        return run(code, tests, limits, tolerance=tolerance, ordered=ordered, partial=partial)
    except SandboxUnavailable as cause:
        return Verdict.abstained("sandbox_unavailable", problem=str(cause))


@verifier("code.sql", requires=("answer",), waits=True, validate=_check_limits, scores=(0.0, 1.0))
def sql(
    sample: Sample,
    *,
    ordered: bool | None = None,
    tolerance: float = 1e-6,
    timeout_s: int = 6,
    memory_mb: int = 512,
) -> Verdict:
    """Whether the completion's query gives the rows of the reference, run by SQLite in a sandbox.

    The query is one statement: the last closed fenced block that is named SQL or not named, outside of `<think>`; without any
    fence the whole text, where it begins as a query does. It runs on a database in memory that is made anew for it. Rows are
    compared outside of the sandbox, by their values, as often as they come; names of columns do not count, their order does.

    Scored 0 as `no_answer` without a query, `timeout` or `too_complex` over a limit (100,000 rows among them), else `mismatch`.

    Args:
        sample: The sample. Its `answer` is a query, or the rows as lists; the column `schema` holds the SQL that makes the
            database, or `database` names a file of SQLite, which is read and not changed. A reference that cannot be run, or has
            no rows, which a query that finds nothing would match, gives `gold_unparseable`.
        ordered: Whether the order of rows counts. None (the default): where the reference is a query that orders them.
        tolerance: How far numbers may be off where one of them is no whole number: of the greater of 1 and the number wanted.
        timeout_s: Seconds of CPU for the query, with what makes the database; by the clock it is three times as many.
        memory_mb: MiB of memory for both.

    Raises:
        BadParameter: When the verifier is built with limits that cannot be used.
    """
    limits = Limits(cpu_s=timeout_s, wall_s=3.0 * timeout_s, memory_mb=memory_mb)
    answer = sample.columns["answer"]
    try:
        database = database_of(sample.columns)
        wanted = wanted_of(answer, database, limits)
        query = code_of(sample.text, SQL).strip()
        if not query:
            return Verdict.scored(0.0, "no_answer", rows=len(wanted))
        if len(query) > LONGEST:
            return Verdict.scored(0.0, "too_complex", characters=len(query))
        outcome, rows = rows_of(database, query, limits)
    except Unreadable as cause:
        return Verdict.abstained("gold_unparseable", problem=str(cause)[:500])
    except SandboxUnavailable as cause:
        return Verdict.abstained("sandbox_unavailable", problem=str(cause))
    extracted = query[:500]
    if rows is None:
        return Verdict.scored(0.0, REASONS.get(outcome.end, "mismatch"), extracted=extracted, problem=outcome.problem)
    order = asks_for_order(answer) if ordered is None else ordered
    right = same_rows(wanted, rows, tolerance, ordered=order)
    return Verdict.scored(float(right), extracted=extracted, rows=len(rows), wanted_rows=len(wanted))
