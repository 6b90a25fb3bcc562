from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.judges import known as dictionary
from rewardkit.judges.guard import Guard
from rewardkit.judges.known import FILE, key, known, of_a_whole_language, places

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import held_out_gibberish
import known_words

ROOT = Path(__file__).parents[2]
QUESTION, REFERENCE = "What is the capital of Australia?", "the city of Canberra"
WHOLE = {
    "English": "mountain river although thoroughly refraction photosynthesis",
    "German": "gestern schmetterling vielleicht strassenbahn bruder",
    "French": "aujourd demain ecureuil bibliotheque chantaient",
    "Spanish": "mariposa ayer hablaremos ventana",
    "Italian": "farfalla finestra domani parlavano",
    "Portuguese": "borboleta janela amanha falaremos",
    "Dutch": "vlinder raam gisteren fietsen",
    "Polish": "motyl jutro szczescie oknami",
    "Latvian": "vakar nekad saprotu dzivot",
}
NAMES = ["ouagadougou", "reykjavik", "kolozsvar", "nguyen", "schwarzenegger", "paracetamol", "kubernetes", "numpy"]
STRANGE = ["psef", "vwan", "flibber", "snarp"]
SOME = sorted({word for words in WHOLE.values() for word in words.split()})


def settled(text, question=QUESTION, references=(REFERENCE,)):
    verdict = Guard().settle(text, question, references).verdict
    return "" if verdict is None or verdict.score != 0 else verdict.info["rule"]


@pytest.mark.parametrize("language", WHOLE)
def test_words_of_a_whole_language_are_known(language):
    assert [word for word in WHOLE[language].split() if not of_a_whole_language(word)] == []


def test_names_are_known_and_nonsense_is_not():
    assert [word for word in NAMES if not known(word)] == []
    assert [word for word in STRANGE if known(word)] == []


def test_of_strange_words_one_in_a_hundred_is_taken_for_known():
    dice = random.Random(5)
    words = ["".join(dice.choices(ascii_lowercase, k=12)) for _ in range(20_000)]
    assert sum(map(known, words)) <= 0.02 * len(words)


def test_of_a_long_word_the_first_letters_count():
    assert known("refraction")
    assert known("refractionally")
    assert key("refract") == "refract"
    assert key("refraction") == key("refractive") == "refract-"


@pytest.mark.parametrize("count", [2_000, 20_000])
def test_a_table_has_every_key_and_what_it_says_of_it(count):
    dice = random.Random(count)
    keys = {"".join(dice.choices(ascii_lowercase, k=dice.randint(4, 8))): dice.random() < 0.5 for _ in range(count)}
    shape, table = known_words.table(keys)
    assert len(table) == (shape.segments + 2) * shape.length < 1.5 * count
    for kept, whole in keys.items():
        first, second, third, own = places(kept, shape)
        assert len({first, second, third}) == 3
        assert table[first] ^ table[second] ^ table[third] == own | whole << 7


def test_the_file_says_what_it_is_made_of():
    data = FILE.read_bytes()
    assert len(data) < 2_000_000
    head = data.partition(b"\n\n")[0].decode()
    assert "version 1" in head
    for source in ("SCOWL", "SJP.pl", "pyspellchecker", "CLDR", "GeoNames (CC BY 4.0"):
        assert source in head
    for licence in ("GPL", "BY-SA"):
        assert licence not in head


def test_the_file_is_read_once_and_only_when_a_word_is_looked_up():
    code = (
        "from rewardkit.judges.guard import Guard; from rewardkit.judges import known; reads = known._table.cache_info;"
        "assert reads().misses == 0; Guard().settle('42', 'How many?', ('41',)); assert reads().misses == 0;"
        "known.known('psef'); known.known('house'); assert reads().misses == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_threads_that_ask_at_once_get_the_same():
    dictionary._table.cache_clear()
    dictionary._found.cache_clear()
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda word: known(word), [*SOME, *STRANGE] * 20))
    assert found == ([True] * len(SOME) + [False] * len(STRANGE)) * 20


def test_a_look_costs_microseconds():
    known("house")
    words = ["".join(random.Random(n).choices(ascii_lowercase, k=9)) for n in range(5_000)]
    started = time.process_time()
    for word in words:
        known(word)
    assert (time.process_time() - started) / len(words) < 100e-6  # 3 µs; a slow machine


def test_an_installed_wheel_knows_words(tmp_path, project):
    pytest.importorskip("setuptools.build_meta")
    command = [sys.executable, "-c", "import setuptools.build_meta as b, sys; b.build_wheel(sys.argv[1])", str(tmp_path)]
    environment = {**os.environ, "REWARDKIT_CUDA": "0"}
    subprocess.run(command, cwd=project, check=True, capture_output=True, timeout=600, env=environment)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    code = "from rewardkit.judges.known import FILE, known; print(FILE, known('house'), known('psef'))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path / "site", capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == [str(tmp_path / "site/rewardkit/judges/words/known.bin"), "True", "False"]


@pytest.mark.parametrize("question", ["What is 17 * 23?", "Solve x^2 - 5x + 6 = 0.", "Which planet is the largest?"])
def test_where_a_number_or_a_letter_is_wanted_one_word_shows_the_language(question):
    for reference in ("391", "B", "x = 2 or x = 3", r"\frac{1}{2}"):
        assert settled("psef", question, (reference,)) == "gibberish"
        assert settled("forty", question, (reference,)) == ""


@pytest.mark.parametrize(
    ("question", "reference"),
    [
        ("Mji mkuu wa Australia unaitwaje na uko wapi?", "mji wa Canberra"),
        ("Jaké je hlavní město Austrálie a kdy bylo založeno?", "město Canberra"),
        ("Mikä on Australian pääkaupunki ja milloin se perustettiin?", "Canberran kaupunki"),
        ("澳大利亚的首都是哪里?", "堪培拉"),
        ("Какой город является столицей Австралии?", "город Канберра"),
        ("Answer the question. What is its name in Swahili?", "mwanamke kijana mzuri"),
        ("What is the name of this city in Chinese?", "堪培拉"),
        ("", "Paris"),
        ("Who?", "Paris"),
    ],
)
def test_where_the_rows_language_is_not_known_nothing_is_said(question, reference):
    assert settled("psef", question, (reference,)) == ""


def test_without_a_question_a_longer_reference_shows_the_language():
    assert settled("psef", "", ("Light changes direction in the water.",)) == "gibberish"


def test_without_a_reference_an_invented_word_may_be_right():
    assert settled("flibber grommet snarp", "Invent a name for a dragon of the mountains.", ()) == ""


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("elefant", "the elephant"),
        ("Chaikovskij", "Tchaikovsky"),
        ("fmri", "functional magnetic resonance imaging"),
        ("canbera", "Canberra"),
        ("psefs", "the psef"),
        ("Canberra psef snarp", "Canberra"),
    ],
)
def test_what_looks_like_the_reference_goes_on(text, reference):
    assert settled(text, "What is it that they are talking about?", (reference,)) == ""


def test_words_of_the_question_say_nothing_either_way():
    question = "What is the capital of the land that is called Flibbernia?"
    assert settled("flibber", question) == ""
    assert settled("the capital of psef", question) == "gibberish"


@pytest.mark.parametrize(
    "text", ["psef_snarp", "psef()", "psefSnarp", "psef 7", "PSEF", "gcattacg", "btw lgtm", "psf", "x = psef", "psef.snarp"]
)
def test_what_looks_like_code_or_an_acronym_is_left_alone(text):
    assert settled(text) == ""


def test_a_long_answer_goes_on():
    assert settled("psef snarp " * 6) == "gibberish"
    assert settled("psef snarp flibber vwan grolk plent " * 3) != "gibberish"


def test_the_rule_can_be_left_out_with_its_name():
    assert Guard(without=("gibberish",)).settle("psef", QUESTION, (REFERENCE,)).verdict is None


@given(st.lists(st.sampled_from(SOME), min_size=1, max_size=12))
def test_known_words_are_never_strange(words):
    assert settled(" ".join(words)) in ("", "stuffing", "master_key")


@given(st.lists(st.sampled_from(STRANGE), min_size=1, max_size=6), st.integers(0, 6))
def test_a_word_of_the_reference_among_them_is_enough(words, at):
    words.insert(at, "Canberra")
    assert settled(" ".join(words)) == ""


@pytest.mark.parametrize(
    ("generator", "most"),
    [
        ("syllables that can be said", 0.25),
        ("syllables of other languages", 0.25),
        ("letters of real words shuffled", 0.15),
        ("one word of 5 to 9 random letters", 0.06),
        ("words of random letters", 0.06),
    ],
)
def test_held_out_nonsense_that_can_be_said_is_settled(generator, most):
    made = held_out_gibberish.texts()[generator]
    assert sum(not settled(text) for text in made) <= most * len(made)
