"""Names listed in Chinese: in any order, with or without the noun of their class, and articles of a law by their numbers."""

from __future__ import annotations

import re

__all__ = ["same_names"]

PARTS = 16  # names of a list
LONGEST = 400  # characters of one
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SEPARATOR = re.compile(r"\s*[;；、，,]\s*(?:以及|和|与|及)?\s*|(?<=[^\W\d])(?:以及|和|与|及)(?=第)")
_ORDERED = re.compile(r"排序|(?:按|依|由|从)[^。，；]{1,16}(?:顺序|次序|排列)")
# Nouns that a name of their class may be said with: 盗窃罪, 广东省.
_NOUNS = ("罪", "省", "市", "县", "国")
_ARTICLES = re.compile(
    r"(?P<law>[^\d第]{0,20})第\s?(?P<numbers>\d{1,4}(?:\s?、\s?\d{1,4}){0,15})\s?条(?P<more>之[一二三四五六七八九十\d])?"
)
# A part of an article, finer than what names the article alone.
_PART = re.compile(r"第[\s(（]?[一二三四五六七八九十\d]{1,3}[\s)）]?[款项目]")


def same_names(reference: str, answer: str, question: str) -> bool:
    """Whether two texts list the same names; each name counts once, and nothing may be left over on either side."""
    if not _CHINESE.search(reference) or max(len(reference), len(answer)) > LONGEST or _ORDERED.search(question):
        return False
    wanted, given = _articles(reference), _articles(answer)
    if wanted or given:
        return wanted is not None and wanted == given
    nouns = tuple(noun for noun in _NOUNS if noun in question)
    names, said = _names(reference, nouns), _names(answer, nouns)
    return bool(names) and names == said


def _names(text: str, nouns: tuple[str, ...]) -> list[str]:
    """The names of a list in one order, without the nouns that the question has for them."""
    parts = [part.strip(" 。.\"“”'《》") for part in _SEPARATOR.split(text.strip()) if part.strip(" 。.")]
    return sorted(part[:-1] if part.endswith(nouns) and len(part) > 1 else part for part in parts) if len(parts) <= PARTS else []


def _articles(text: str) -> list[str] | None:
    """The articles that a text lists, each with its law, which stands before the first that has it; None for any other text."""
    found: set[str] = set()
    law, behind = "", 0
    text = _PART.sub("", text.strip(" 。.")).replace("《", "").replace("》", "")
    for articles in _ARTICLES.finditer(text):
        if text[behind : articles.start()].strip():
            return None
        law, behind = articles["law"].strip(" 、，,;；和与及") or law, articles.end()
        found.update(f"{law}{number.strip()}{articles['more'] or ''}" for number in articles["numbers"].split("、"))
    return sorted(found) if found and not text[behind:].strip() else None
