"""Shares, intervals, who stands alone, and tables: from made-up verdicts whose figures are counted by hand."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.leaderboard import chart, kept, page, tables
from benchmarks.leaderboard.figures import Figures, Share, figures, mean, nobody_right, wilson
from benchmarks.leaderboard.run import Run, Said, read_run, write_run
from benchmarks.leaderboard.suites import Suite
from benchmarks.leaderboard.systems import OURS, SYSTEMS
from rewardkit.bench.measure import Pair
from rewardkit.types import Sample

YES, NO, NONE, CRASH, LATE = (
    Said(1.0, "scored", 0.002),
    Said(0.0, "scored", 0.002),
    Said(None, "abstained", 0.002),
    *(
        Said(None, "error"),
        Said(0.0, "timeout"),
    ),
)


def made(name: str, *rows: tuple[bool, bool]) -> Suite:
    """A suite of (label, bare) rows."""
    pairs = (Pair(Sample(row, None, "1", {"answer": "1", "bare": bare}), label, "all") for row, (label, bare) in enumerate(rows))
    return Suite(name, tuple(pairs), len(rows))


SUITE = made("notation", (True, True), (True, False), (False, True), (False, False))
RUN = Run(
    {
        OURS: {"notation": [YES, YES, NO, NONE]},
        "mathruler": {"notation": [NO, YES, YES, CRASH]},
        "math-verify": {"notation": [NO, NO, YES, LATE]},
    },
    {OURS: "", "mathruler": "mathruler 0.1", "math-verify": "math-verify 0.9"},
    {"OpenCompass": "its package is in none of the environments"},
    ("one machine", "abc", "2026-01-02"),
)


def found(system: str, form: str = "all") -> Figures:
    return next(one for one in figures([SUITE], RUN) if (one.system, one.form) == (system, form))


# By hand: p = 8/10, z = 1.96: (0.8 + 0.19207) / 1.38415 ± 1.96 · √(0.016 + 0.0096036) / 1.38415.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0)]
)
def test_intervals_are_wilson_s(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_what_is_not_accepted_is_refused_verdict_or_none() -> None:
    assert found(OURS).accuracy == Share(4, 4)
    assert found("mathruler").accuracy == Share(2, 4)
    assert found("math-verify").accuracy == Share(1, 4)
    assert (found(OURS).precision, found(OURS).recall) == (Share(2, 2), Share(2, 2))
    assert (found("mathruler").precision, found("mathruler").recall) == (Share(1, 2), Share(1, 2))


def test_no_verdict_a_crash_and_a_row_cut_off_are_counted_apart() -> None:
    counts = {name: (found(name).abstained, found(name).crashed, found(name).cut_off) for name in RUN.said}
    assert counts == {OURS: (1, 0, 0), "mathruler": (0, 1, 0), "math-verify": (0, 0, 1)}


def test_time_is_the_mean_of_the_rows_that_were_measured() -> None:
    assert found("math-verify").cpu_ms == pytest.approx(2.0)


def test_whole_outputs_and_bare_answers_are_apart() -> None:
    assert [found("math-verify", form).accuracy for form in ("whole", "bare")] == [Share(1, 2), Share(0, 2)]


def test_one_is_alone_right_or_wrong_only_among_those_with_a_verdict() -> None:
    # Row 0: ours alone right. Row 1: math-verify alone wrong. Row 2: ours alone right. Row 3: fewer than three verdicts.
    assert {name: found(name).alone_right.part for name in RUN.said} == {OURS: 2, "mathruler": 0, "math-verify": 0}
    assert {name: found(name).alone_wrong.part for name in RUN.said} == {OURS: 0, "mathruler": 0, "math-verify": 1}


def test_rows_that_no_system_gets_right_are_counted() -> None:
    assert nobody_right(SUITE, RUN) == Share(0, 4)
    alone = Run({"mathruler": RUN.said["mathruler"]})
    assert nobody_right(SUITE, alone) == Share(2, 4)


def test_a_mean_of_suites_counts_each_the_same() -> None:
    # Variances of 14 of 28 and 82 of 104: 0.25/28 and 0.166790/104; half of the root of their sum is 0.0513, times 1.96.
    assert mean([Share(12, 24), Share(80, 100)]) == pytest.approx((0.65, 0.1005), abs=1e-4)
    assert mean([Share(0, 0)]) is None


def test_a_suite_without_a_miss_is_not_certain() -> None:
    found = mean([Share(70, 70)])
    assert found is not None
    assert found[0] == 1.0
    assert 0.02 < found[1] < 0.06


def test_reruns_that_differ_are_seen() -> None:
    other = Run({**RUN.said, "mathruler": {"notation": [YES, YES, YES, CRASH]}})
    assert kept.largest_differences([SUITE], [RUN, RUN, other]) == {OURS: 0.0, "math-verify": 0.0, "mathruler": 0.25}
    lost = Run({OURS: RUN.said[OURS]})
    assert kept.largest_differences([SUITE], [RUN, lost])["mathruler"] == 1.0


def test_a_run_and_its_figures_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_run(tmp_path / "run.json", RUN)
    assert read_run(tmp_path / "run.json") == RUN
    of_it = kept.keep([SUITE], [RUN, RUN])
    kept.write(of_it, tmp_path)
    again = kept.read(tmp_path)
    assert again == of_it
    assert {one.system: one.missing for one in again.systems if one.missing} == RUN.missing


def test_the_tables_say_what_was_counted() -> None:
    of_it = kept.keep([SUITE], [RUN, RUN])
    first = next(line for line in tables.every_figure(of_it).splitlines() if f"| {OURS} |" in line)
    assert re.findall(r"[^|]+", first)[2:6] == [" 1.000 ", " 0.510–1.000 ", " 1.000 ", " 1.000 "]
    assert tables.matrix(of_it).splitlines()[2:] == ["| rewardkit | 1.000 |", "| mathruler | 0.500 |", "| math-verify | 0.250 |"]
    assert "| `notation` | 4 | 50% | 50% |" in tables.suites(of_it)
    assert "between runs is 0.0000: every system gave every accuracy again" in tables.measured(of_it)
    assert "Measured on 2026-01-02 at abc, one machine." in tables.measured(of_it)
    assert "- OpenCompass: its package is in none of the environments" in tables.missing(of_it)


def test_the_table_with_judges_says_on_how_many_rows() -> None:
    told = tables.with_judges(kept.keep([SUITE], [RUN]))
    assert f"**{OURS}**" in told
    assert "| rewardkit | 1.000 |" in told
    assert told.endswith("4 rows of 1 suites, 4 rows a suite, drawn by a seed, on 2026-01-02 at abc, one machine.\n")


def test_the_page_is_what_was_kept_makes_of_it() -> None:
    of_it, text, again = kept.read(), page.PAGE.read_text("utf-8"), "run `python -m benchmarks.leaderboard --page`"
    assert page.filled(text, of_it) == text, again
    assert chart.chart(of_it) == page.CHART.read_text("utf-8"), again


def test_the_chart_has_a_dot_a_system_and_group() -> None:
    of_it = kept.read()
    drawing = ElementTree.fromstring(chart.chart(of_it))
    dots = [one for one in drawing.iter("{http://www.w3.org/2000/svg}circle")]
    groups = {tables.group(one.suite) for one in of_it.suites}
    assert len(dots) == len(tables.ranked(of_it)) * len(groups)


def test_at_least_twelve_systems_were_measured_on_twelve_suites_three_times() -> None:
    of_it = kept.read()
    measured = [one for one in of_it.systems if not one.missing]
    assert len(measured) >= 12
    assert len(of_it.suites) >= 12
    pairs = {(one.system, one.suite) for one in of_it.figures if one.form == "all"}
    assert len(pairs) == len(measured) * len(of_it.suites)
    assert all(one.runs >= 3 and one.difference <= 0.002 for one in measured)


def test_every_system_says_what_it_is_and_where_it_comes_from() -> None:
    assert len(SYSTEMS) >= 12
    for entry in SYSTEMS.values():
        assert entry.about
        assert entry.load.__doc__
