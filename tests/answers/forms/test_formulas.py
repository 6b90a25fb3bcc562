"""Properties of chemistry: a formula in any dress is itself, and with one count changed it never is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.answers import compare
from rewardkit.answers.forms.configurations import read_configuration
from rewardkit.answers.forms.formulas import is_chemistry, read_formula
from rewardkit.answers.forms.reactions import read_reaction
from rewardkit.answers.forms.species import read_species
from rewardkit.answers.notation.chemical import in_one_dress
from rewardkit.answers.notation.elements import atomic_numbers

Unit = tuple[str, int]
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
# Two letters each, so that no formula of them is a product of names or a word.
LONG = sorted(symbol for symbol in atomic_numbers() if len(symbol) == 2)
UNITS = st.lists(st.tuples(st.sampled_from(LONG), st.integers(2, 12)), min_size=2, max_size=4, unique_by=lambda unit: unit[0])


def plain(units: list[Unit]) -> str:
    return "".join(f"{symbol}{count}" for symbol, count in units)


def lowered(units: list[Unit]) -> str:
    return "".join(f"{symbol}_{{{count}}}" for symbol, count in units)


DRESSES = (
    plain,
    lowered,
    lambda units: plain(units).translate(SUBSCRIPTS),
    lambda units: f"\\ce{{{plain(units)}}}",
    lambda units: f"$\\mathrm{{{lowered(units)}}}$",
    lambda units: f"\\({''.join(rf'{chr(92)}text{{{s}}}_{{{n}}}' for s, n in units)}\\)",
    lambda units: "".join(f"{symbol}<sub>{count}</sub>" for symbol, count in units),
)


def same(reference: str, answer: str) -> bool | None:
    return compare(reference=reference, answer=answer).equal


@settings(max_examples=examples(150), deadline=None)
@given(UNITS, st.sampled_from(DRESSES), st.sampled_from(DRESSES))
def test_a_formula_in_any_dress_is_itself(units: list[Unit], one: Any, other: Any) -> None:
    assert same(one(units), other(units)) is True


@settings(max_examples=examples(150), deadline=None)
@given(UNITS, st.sampled_from(DRESSES), st.integers(0, 3), st.integers(1, 5))
def test_with_one_count_changed_it_never_is(units: list[Unit], dress: Any, place: int, more: int) -> None:
    symbol, count = units[place % len(units)]
    changed = [*units]
    changed[place % len(units)] = symbol, count + more
    assert same(plain(units), dress(changed)) is False
    assert same(dress(changed), plain(units)) is False


@settings(max_examples=examples(100), deadline=None)
@given(UNITS, st.integers(1, 4), st.sampled_from("+-"), st.integers(1, 4))
def test_another_charge_is_another_ion(units: list[Unit], charge: int, sign: str, other: int) -> None:
    ion = f"{lowered(units)}^{{{charge}{sign}}}"
    assert same(ion, f"\\ce{{{plain(units)}^{charge}{sign}}}") is True
    assert same(ion, lowered(units)) is False
    assert same(ion, f"{lowered(units)}^{{{other}{sign}}}") is (other == charge)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(UNITS, min_size=3, max_size=4, unique_by=plain), st.integers(2, 5), st.randoms(use_true_random=False))
def test_a_reaction_is_itself_in_another_order_and_multiple_and_never_reversed(
    species: list[list[Unit]], factor: int, random: Any
) -> None:
    left, right = species[:-1], species[-1:]
    reaction = f"{' + '.join(f'{at + 1}{plain(one)}' for at, one in enumerate(left))} -> 3{plain(right[0])}"
    terms = [f"{factor * (at + 1)} {lowered(one)}" for at, one in enumerate(left)]
    random.shuffle(terms)
    product = f"{3 * factor} {lowered(right[0])}"
    assert same(reaction, rf"{' + '.join(terms)} \rightarrow {product}") is True
    assert same(reaction, rf"{product} \rightarrow {' + '.join(terms)}") is False
    assert same(reaction, rf"{' + '.join(terms[1:])} \rightarrow {product}") is False


@settings(max_examples=examples(300), deadline=None)
@given(st.text(alphabet="CHONaFeClSP0123456789()[]{}_^+-→=·. \\ce$", max_size=40))
def test_any_text_is_read_or_is_not_and_equals_itself(text: str) -> None:
    read_formula(text)
    if is_chemistry(text):
        assert same(text, f" {text} ") is True


@pytest.mark.parametrize(
    "text", ["", "x", "P_1", "Paris", "H" * 500, "(" * 90 + "H2O", "H0", "Fe(II)", "A -> B", "^{235}_{91}U", "1s^3 2s^2"]
)
def test_what_is_no_chemistry_is_not_read(text: str) -> None:
    assert read_formula(text) is None


def test_what_is_known_of_a_formula() -> None:
    found = read_species("Ca(OH)2")
    assert found is not None
    assert dict(found.atoms) == {"Ca": 1, "O": 2, "H": 2}
    ion = read_species("SO_{4}^{2-}")
    assert ion is not None
    assert (ion.body, ion.charge) == ("SO4", -2)
    assert in_one_dress(r"\ce{2H2 + O2 -> 2H2O}") == "2H2 + O2 -> 2H2O"
    assert read_reaction("2H2 + O2 -> 2H2O") is not None
    assert read_configuration("[He] 2s^2 2p^6") == (("1s", 2), ("2p", 6), ("2s", 2))
