"""What a prompt asks for, field by field, with texts that only look like it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.prose.carriers import languages
from rewardkit.question import DECIMAL_COMMA, Order, Places, Question, read_question
from rewardkit.question.told import told


@pytest.mark.parametrize(
    ("text", "unit", "scale"),
    [
        ("What was the revenue (in USD millions)?", "USD", 10**6),
        ("What was the revenue (USD millions)?", "USD", 10**6),
        ("What was the revenue in millions of dollars?", "dollar", 10**6),
        ("What was the revenue? Answer in USD billions.", "USD", 10**9),
        ("How much was it in $ millions?", "dollar", 10**6),
        ("How much was it (in $mm)?", "dollar", 10**6),
        ("What was the net income (in thousands)?", "", 1000),
        ("What was the revenue in billions of euros?", "EUR", 10**9),
        ("What was the revenue in INR crore?", "INR", 10**7),
        ("Antworten Sie in Millionen Euro.", "EUR", 10**6),
        ("Quel est le chiffre d'affaires, en millions d'euros ?", "EUR", 10**6),
        ("¿Cuáles fueron los ingresos en millones de euros?", "EUR", 10**6),
        ("营业收入是多少？（单位：万元）", "CNY", 10**4),
        ("请以百万美元为单位回答。", "USD", 10**6),
        ("How far is it in metres?", "meter", 1),
        ("How many minutes does it take?", "minute", 1),
        ("Find the enthalpy in kJ/mol.", "kilojoule / mole", 1),
        (r"Find the acceleration in $\mathrm{m/s^2}$.", "meter / second ** 2", 1),
        ("What is the pressure in kPa?", "kilopascal", 1),
        ("How tall is it, in feet?", "foot", 1),
        ("一共多少米？", "meter", 1),
        ("What is the margin as a percentage?", "percent", Fraction(1, 100)),
        ("By what percentage did it grow?", "percent", Fraction(1, 100)),
    ],
)
def test_the_unit_and_scale_that_are_asked_for(text: str, unit: str, scale: int | Fraction) -> None:
    measure = read_question(text).measure
    assert measure is not None
    assert (measure.unit, measure.scale) == (unit, scale)


@pytest.mark.parametrize(
    "text",
    [
        "Who came in second place?",
        "What happened in May 2018?",
        "What is the mass (m) of the block?",
        "How many of the 3 million residents vote?",
        "What did he see in a minute?",
        "Revenue is shown in millions of dollars. How many stores are there?",
        "The table is in km. Is it right?",
        "What is in it?",
        "How far does a car go in 5 minutes?",
        "How many people live there?",
        "Find the length in terms of $A$ and $B$.",
        "What is the smallest integer in $S$?",
        "他以卡支付，用卡消费，是什么罪？",
    ],
)
def test_no_unit_is_asked_for(text: str) -> None:
    assert read_question(text).measure is None


def test_two_units_that_do_not_go_together_are_none_and_are_told() -> None:
    question = read_question("What is the length in km and the mass in kg?")
    assert question.measure is None
    assert question.unread == ("unit",)
    assert dict(told(question))["not read"] == "unit"
    assert read_question("Round your answer.").unread == ("rounding",)
    assert read_question("How many apples are left?").unread == ()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Round to two decimal places.", Places(step=Fraction(1, 100))),
        ("Give the nearest integer.", Places(step=Fraction(1))),
        ("Round to the nearest cent.", Places(step=Fraction(1, 100))),
        ("Round to the nearest tenth.", Places(step=Fraction(1, 10))),
        ("Round to the nearest hundred.", Places(step=Fraction(100))),
        ("Round to the nearest ten thousand.", Places(step=Fraction(10_000))),
        ("Round to the nearest 0.01.", Places(step=Fraction(1, 100))),
        ("What was it (in USD), to the nearest million?", Places(step=Fraction(10**6))),
        ("What was it in USD millions, to the nearest million?", Places(step=Fraction(1))),
        ("Give 3 significant figures.", Places(significant=3)),
        ("Runden Sie auf zwei Nachkommastellen.", Places(step=Fraction(1, 100))),
        ("Arrondir au dixième.", Places(step=Fraction(1, 10))),
        ("四舍五入到整数。", Places(step=Fraction(1))),
        ("保留三位有效数字。", Places(significant=3)),
    ],
)
def test_the_rounding_that_is_asked_for(text: str, places: Places) -> None:
    assert read_question(text).places == places


@pytest.mark.parametrize(
    "text",
    [
        "Give an integer.",
        "Round it to 2 decimals, then give 3 decimals.",
        "Is it significant?",
        "The nearest metre stick is short.",
    ],
)
def test_no_rounding_is_asked_for(text: str) -> None:
    assert read_question(text).places is None


def test_the_manner_of_the_answer() -> None:
    assert read_question("Is it raining?").polar
    assert not read_question("Is it red or blue?").polar
    assert read_question("Is it red or blue?").either == ("red", "blue")
    assert not read_question("What is it?").polar
    assert read_question("Answer yes or no: it rains.").polar
    assert read_question("Answer with the option letter only.").letter_only
    assert read_question("Name three of them.").count == 3
    assert read_question("Which two statements are right?").count == 2
    assert read_question("Name one.").count is None
    assert read_question("(a) Find x. (b) Find y.").parts == ("a", "b")
    assert read_question("f(a) and f(b) are equal.").parts == ()
    assert read_question("Sort them in ascending order.").order is Order.ASCENDING
    assert read_question("Give it as a decimal.").share


def test_the_form_that_is_demanded() -> None:
    form = read_question(r"Think in <think></think>, answer in <answer></answer> as JSON within \boxed{}.").form
    assert (form.tags, form.json, form.boxed, form.between) == (("think", "answer"), True, True, None)
    assert read_question("Write it between [A] and <eoa>.").form.between == ("[A]", "<eoa>")
    assert read_question("请将答案写在[类别]和<eoa>之间。").form.between == ("[类别]", "<eoa>")
    assert not read_question("What is it?").form


def test_its_own_years_unless_it_asks_for_one() -> None:
    assert read_question("What was FY2018 revenue against 2017?").years == {2018, 2017}
    assert read_question("In which year after 2010 was it built?").years is None


def test_one_question_a_prompt() -> None:
    assert read_question("How far is it in km?") is read_question("How far is it in km?")


@given(st.text(alphabet="in km(USD)million ofround to 2decimal places?.\n单位：万元$", max_size=200))
def test_any_text_is_read(text: str) -> None:
    question = Question(text)
    assert dict(told(question)).keys() <= {
        *("unit", "rounding", "share", "time", "yes or no", "either", "letter", "answers", "parts", "order", "tags"),
        *("between", "form", "not read"),
    }
    assert question.asked is None or question.measure or question.places


def test_the_languages_with_a_decimal_comma_are_those_of_cldr():
    commas = {code for code in languages() if Locale.parse(code).number_symbols["latn"]["decimal"] == ","}
    assert commas == DECIMAL_COMMA


@pytest.mark.parametrize(
    ("prompt", "comma"),
    [
        ("Wie lang ist das Seil?", True),
        ("¿Cuánto mide la cuerda de los niños en el patio?", True),
        ("How long is the rope?", False),
        ("1, 2, 3?", False),
    ],
)
def test_a_question_tells_whether_its_language_has_a_decimal_comma(prompt, comma):
    assert read_question(prompt).decimal_comma == comma
