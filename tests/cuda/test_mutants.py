"""The tests of the emulated kernels see what they are there to see: faults that `mutants.py` plants in copies."""

from __future__ import annotations

import emulate
import mutants
import pytest

from rewardkit_cuda import build

pytestmark = [pytest.mark.slow, pytest.mark.skipif(emulate.compiler() is None, reason="no C++ compiler")]


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_fault_is_caught(host_library, mutant, tmp_path):
    caught, said = mutants.failing(mutants.planted(mutant, tmp_path), mutant.tests)
    assert caught, said


def test_the_same_tests_pass_without_a_fault(host_library, tmp_path):
    """Else every fault would be caught."""
    library = mutants.compiled(build.SOURCES, tmp_path)
    failed, said = mutants.failing(library, " or ".join(sorted({mutant.tests for mutant in mutants.MUTANTS})))
    assert not failed, said
