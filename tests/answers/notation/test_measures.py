"""Amounts with units: however a unit or a product of units is spelled, it is itself and no other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.answers import compare
from rewardkit.answers.notation.measures import split_unit
from rewardkit.answers.notation.money import currency_before, with_currency_behind
from rewardkit.answers.units import normal_unit
from rewardkit.answers.units.table import unit_words

SYMBOLS = ["kg", "mol", "Pa", "mT", "kΩ", "nm", "MeV", "kJ", "mA", "Hz", "cm", "K", "s", "N", "W", "V", "mM", "lm"]
RATIOS = [
    "{a}/{b}",
    "{a} {b}^{{-1}}",
    "{a} {b}^-1",
    "{a}·{b}⁻¹",
    "{a} per {b}",
    r"\mathrm{{{a}\,{b}^{{-1}}}}",
    r"\text{{{a}}}/\text{{{b}}}",
]
PRODUCTS = ["{a} {b}", "{a}·{b}", r"{a} \cdot {b}", "{a}*{b}", r"\mathrm{{{a}\,{b}}}", r"\text{{{a}}}\cdot\text{{{b}}}"]
AMOUNTS = ["2.5", "264", r"3.2 \times 10^{-5}", "7.54e-5"]
pairs = st.lists(st.sampled_from(SYMBOLS), min_size=3, max_size=3, unique_by=normal_unit)


def test_every_spelling_of_the_table_is_its_unit() -> None:
    for word, name in unit_words().items():
        if " - " not in word:
            assert normal_unit(word) == name, word


@settings(max_examples=examples(400), deadline=None)
@given(pairs, st.sampled_from(AMOUNTS), st.sampled_from([RATIOS, PRODUCTS]), st.data())
def test_a_product_spelled_any_way_is_itself_and_no_other(
    units: list[str], amount: str, ways: list[str], data: st.DataObject
) -> None:
    one, other = (data.draw(st.sampled_from(ways)) for _ in range(2))
    a, b, c = units
    reference, answer = f"{amount} {one.format(a=a, b=b)}", f"{amount} {other.format(a=a, b=b)}"
    assert compare(reference=reference, answer=answer).equal is True, (reference, answer)
    for wrong in (other.format(a=a, b=c), RATIOS[0].format(a=b, b=a), f"{a}^2 {b}"):
        if wrong != answer:
            assert compare(reference=reference, answer=f"{amount} {wrong}").equal is not True, (reference, wrong)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("5 m", ("", "5", "m")),
        (r"t = 10 \, \mu m", ("t = ", "10", "μm")),
        (r"3\pi cm^2", ("", r"3\pi", "cm^2")),
        (r"322\mathrm{~K}", ("", "322", "K")),
        (r"3\pi h", None),
        ("5x", None),
        ("5 x", None),
        ("12 apples", None),
        ("5 m + 3 m", None),
        ("2 (m/s", None),
        ("m", None),
        ("12", None),
        ("x = y m", None),
        ("9" * 200 + " m", None),
    ],
)
def test_an_amount_and_its_unit(text: str, parts: tuple[str, str, str] | None) -> None:
    assert split_unit(text) == parts


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("USD 2,000", "2,000 USD"), ("HK$2000", "2000 HKD"), (r"US\$ 5.", "5 USD"), ("Rs. 500", "500 INR"), ("-USD 5", "-5 USD"),
        (r"\text{USD } 20", "20 USD"), ("ABC 20", "ABC 20"), ("CO 2", "CO 2"), ("Elf 11", "Elf 11"), ("GPT 4", "GPT 4"),
        ("USD", "USD"), ("USD x", "USD x"), (r"\frac{1}{2}", r"\frac{1}{2}"), ("R5", "R5"),
    ],
)  # fmt: skip
def test_a_currency_moves_behind_its_amount(text: str, behind: str) -> None:
    assert with_currency_behind(text) == behind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It costs USD 20", (9, "USD")),
        ("costs HK$20", (6, "HKD")),
        ("route ABC 20", None),
        ("see $20", None),
        ("ATMUSD 20", None),
    ],
)
def test_a_currency_before_a_number_in_a_sentence(text: str, found: tuple[int, str] | None) -> None:
    begin = text.index("$") if "$" in text else text.index("20")
    assert currency_before(text, begin) == found
