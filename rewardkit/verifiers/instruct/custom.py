"""IFBench's constraints that hold the answer to one prompt."""

from __future__ import annotations

import csv
import io
import re
import string
import unicodedata
from datetime import date
from itertools import pairwise

from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.response import EDGE, Response
from rewardkit.verifiers.instruct.tables import lines

__all__ = ["ascii_letters", "rows_of", "special_in_quotes", "tripled"]

_DIGITS = re.compile(r"\d+")
_QUESTION = re.compile(r"Question \d+[.|):;]?\s*")
_OPTION = re.compile(r"[A-Ea-e][.|)]\s*\w")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAPOLEON = (date(1769, 8, 15), date(1821, 5, 5))
_SPECIAL = re.compile(r"[^\w\s]")


@constraint("custom:multiples")
def multiples(response: Response) -> bool:
    """The multiples of 7 from 10 to 50, and no other number."""
    return _DIGITS.findall(response.text) == ["14", "21", "28", "35", "42", "49"]


@constraint("custom:mcq_count_length")
def mcq_count_length(response: Response) -> bool:
    """Four questions from the first word on, each longer than the one before it and with five options."""
    if not response.text.startswith("Question"):
        return False
    lengths = _question_lengths(response.text)
    return len(lengths) == 4 and all(a < b for a, b in pairwise(lengths))


def _question_lengths(text: str) -> list[int]:
    """Characters in each question before its options; nothing where one has not five options."""
    lengths: list[int] = []
    for question in filter(None, (part.strip() for part in _QUESTION.split(text))):
        stripped = [line.strip() for line in question.split("\n")]
        places = [place for place, line in enumerate(stripped) if _OPTION.match(line)]
        if len(places) != 5:
            return []
        lengths.append(len(" ".join(stripped[: places[0]]).strip()))
    return lengths


@constraint("custom:reverse_newline")
def reverse_newline(response: Response) -> bool:
    """The states of Africa from Z to A, each on a line; two may be missing, none may be another or stand twice."""
    names = {spelling.lower(): place for place, line in enumerate(lines("african_countries")) for spelling in line.split("|")}
    listed = [ascii_letters(line).strip(EDGE + string.digits) for line in response.lines]
    listed = listed[next((place for place, name in enumerate(listed) if name.lower() in names), 0) :]
    states = [names.get(name.lower(), -1) for name in listed]
    return -1 not in states and len(states) == len(set(states)) >= 52 and listed == sorted(listed, reverse=True)


def ascii_letters(text: str) -> str:
    """The text without accents and whatever else ASCII does not know."""
    return unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode("ascii")


@constraint("custom:word_reverse")
def word_reverse(response: Response) -> bool:
    """The bald eagle, word by word from the end."""
    return "bald eagle" in " ".join(response.bare[::-1])


@constraint("custom:character_reverse")
def character_reverse(response: Response) -> bool:
    """The bald eagle, letter by letter from the end."""
    return "elgae dlab" in response.lower


@constraint("custom:european_capitals_sort")
def european_capitals_sort(response: Response) -> bool:
    """The capitals of Europe north of 45 degrees from north to south, parted by commas, Kyiv among them."""
    names = [name.strip() for name in ascii_letters(response.text).strip().removesuffix(".").split(",")]
    return ["Kyiv" if name == "Kiev" else name for name in names if name] == list(lines("capitals"))


def rows_of(text: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a table in CSV, or nothing where it is none."""
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return []


@constraint("custom:csv_city")
def csv_city(response: Response) -> bool:
    """Seven rows of five fields under the columns that were asked for."""
    rows = rows_of(response.text)
    return len(rows) == 8 and rows[0] == ["ID", "Country", "City", "Year", "Count"] and all(len(row) == 5 for row in rows)


@constraint("custom:csv_special_character")
def csv_special_character(response: Response) -> bool:
    """Fourteen rows of five fields under the columns that were asked for, one field with a special character in quotes."""
    rows = tripled(response.text)
    wanted = ["ProductID", "Category", "Brand", "Price", "Stock"]
    whole = len(rows) == 15 and [name.strip(' "') for name in rows[0]] == wanted and all(len(row) == 5 for row in rows)
    return whole and any(special_in_quotes(field) for row in rows[1:] for field in row)


@constraint("custom:csv_quotes")
def csv_quotes(response: Response) -> bool:
    """Three rows of five fields parted by tabs, every field of them and of the header in quotes."""
    rows = [[field.strip() for field in row] for row in tripled(response.text, "\t")]
    wanted = ["StudentID", "Subject", "Grade", "Semester", "Score"]
    whole = len(rows) == 4 and [name.strip('"') for name in rows[0]] == wanted and all(len(row) == 5 for row in rows)
    return whole and all(field[:1] == field[-1:] == '"' for row in rows for field in row)


def tripled(text: str, delimiter: str = ",") -> list[list[str]]:
    """The rows, their fields with the quotes around them: tripled ones come through the reader as single ones."""
    return rows_of(text.replace('"', '"""'), delimiter)


def special_in_quotes(field: str) -> bool:
    """Whether a field begins with a quote and holds a sign before the last quote."""
    return field.startswith('"') and _SPECIAL.search(field[1 : field.rindex('"')]) is not None


@constraint("custom:date_format_list")
def date_format_list(response: Response) -> bool:
    """Days of Napoleon's life as YYYY-MM-DD, parted by commas, and nothing else."""
    return all(_is_his_day(piece.strip()) for piece in response.stripped.split(","))


def _is_his_day(text: str) -> bool:
    if not _DATE.fullmatch(text) or not text.isascii():
        return False
    try:
        return _NAPOLEON[0] <= date.fromisoformat(text) <= _NAPOLEON[1]
    except ValueError:
        return False
