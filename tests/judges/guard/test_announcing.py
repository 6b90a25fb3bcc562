"""The tables of words in `judges/guard/words/languages`, and what they say of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.judges.guard.announcing import FOLDER, announces, concepts, tokens

LANGUAGES = {path.stem: path.read_text(encoding="utf-8").split("\n# small\n") for path in sorted(FOLDER.glob("*.txt"))}


def entries(language, part):
    return LANGUAGES[language][part].removeprefix("# concepts\n").split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_has_two_parts_in_order_that_share_no_word(language):
    assert len(LANGUAGES[language]) == 2
    for part in (0, 1):
        assert entries(language, part) == sorted(set(entries(language, part)))
    assert not set(entries(language, 0)) & set(entries(language, 1))
    assert not any("*" in entry for entry in entries(language, 1))
    assert len(entries(language, 0)) >= 35
    assert len(entries(language, 1)) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_concept_among_small_words_announces_and_small_words_alone_do_not(language):
    small = [entry.replace("_", " ") for entry in entries(language, 1)[::10][:6]]
    for entry in entries(language, 0)[::7]:
        concept = entry.replace("_", " ").rstrip("*")
        assert announces(tokens(" ".join([*small[:3], concept, *small[3:]]))), concept
        assert not announces(tokens(" ".join([*small[:3], concept, "Canberra", *small[3:]])))
    for entry in entries(language, 1):
        assert not concepts_of_one_language(language, tokens(entry.replace("_", " "))), entry


def concepts_of_one_language(language, said):
    exact = {" ".join(tokens(entry.replace("_", " "))) for entry in entries(language, 0) if not entry.endswith("*")}
    return " ".join(said) in exact


def test_the_languages_are_not_mixed_unless_every_word_is_a_concept():
    assert announces(tokens("die Antwort"))
    assert announces(tokens("la respuesta"))
    assert not announces(tokens("die respuesta"))
    assert announces(tokens("Antwort respuesta 答案"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Qu'est-ce?", ("qu", "est", "ce")),
        ("EXPLICACIÓN", ("explicacion",)),
        ("İşte Isı", ("iste", "isi")),
        ("उत्तर देता हूँ।", ("उत्तर", "देता", "हूँ")),
        ("答案、是「は」", ("答", "案", "是", "は")),
        ("إجابة", ("اجابة",)),
        ("ＡＢＣ १०", ("abc", "१०")),
        ("", ()),
    ],
)
def test_tokens_are_words_without_accents_or_single_letters_of_run_together_scripts(text, expected):
    assert tokens(text) == expected


def test_stems_have_endings_of_bounded_length():
    assert announces(tokens("vastauksemme"))
    assert not announces(tokens("vastauk" + "a" * 11))


def test_concepts_are_named_with_their_phrases():
    assert concepts(tokens("let us see the answer")) == ["let us", "answer"]


@given(st.text())
def test_any_text_has_tokens_without_spaces_and_says_something_or_not(text):
    said = tokens(text)
    assert all(word and not word.isspace() for word in said)
    assert announces(said) in (True, False)
    assert tokens(" ".join(said)) == said or not text.isascii()
