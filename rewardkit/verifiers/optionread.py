"""Which options a short text chooses: the grammar of letters and option texts, after the place has been found.

A text chooses by letter ("(B)", "B. Paris", "option B", "A and C"), or by an option's own words or value. A letter is
believed when it is dressed as a label or stands where a choice must stand; the article "A", the pronoun "I", names in
formulas and letters under a negation are not letters of options.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rewardkit.verifiers.options import LETTERS, Options
from rewardkit.verifiers.optiontext import LIMIT, fold, peel, quantity, same_formula

__all__ = ["Reading", "mentions", "named", "read", "reference_letters"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The letters a text chooses and the rule that read them; `open` is True when it leaves the choice open."""

    letters: frozenset[str]
    how: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that stand together, from `start` to `end` of the text."""

    letters: tuple[str, ...]
    start: int
    end: int
    dressed: bool
    hedged: bool = False


_NOUN = r"(?:options?|choices?|answers?|letters?|alternatives?|statements?|opci[oó]n|选项|選項|答案|選択肢|보기)"
# A word character that glues a letter into a word; CJK and Hangul stand right beside letters and do not.
_GLUE = r"[^\W぀-ヿ㐀-鿿가-힯]"
_MENTION = re.compile(
    rf"(?P<noun>{_NOUN}\s*[:：#]?\s*)?(?<!{_GLUE})(?:(?<!\b\w)(?P<open>[(\[<{{【「])\s?)?(?P<letter>[A-Za-z])(?!{_GLUE})"
    r"(?P<close>\s?[)\]>}】」])?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s?[.:：)、．]|\s+[-=]\s")
_LABEL_MARK = re.compile(r"\s?(?:[.:：．。]|、(?!\s?[A-Z](?![A-Za-z])))(?=\s|$|[^\x00-\x7f])|\s?[:：]")
_MATHS_BEFORE = re.compile(r"[=+*/^_\\|<>≈'-]\s*$|[-∠△]$")
_MATHS_AFTER = re.compile(r"\s*[=^_+*<>≈|]|['-]\w|°|\(\w")
_FORMULA_NOUN = re.compile(
    r"\b(?:angles?|points?|triangles?|sides?|vert(?:ex|ices)|lines?|segments?|matri(?:x|ces)|events?|circles?|arcs?|planes?|rays?"
    r"|variables?|constants?|area|length|radius|height|vectors?|sets?|functions?|probability|coefficient|vitamin|type)\s*$",
    re.IGNORECASE,
)
_CONJUNCTION_OR = r"or|nor|ou|oder|или|或者|或|または|또는|o"
_JOIN = re.compile(
    rf"[\s(]*(?:[,;、，&+/]|和|与|及|以及|と|,?\s*(?:and|y|et|und|e|и|(?P<open>{_CONJUNCTION_OR}))\b|(?P<open2>或者|或))?"
    rf"\s*(?:(?:and|(?P<open3>or)|also|both|maybe|possibly|perhaps|even|the)\s+)*(?:{_NOUN}\s*)?[(]?\s*",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"(?:\b(?:not|never|neither|nor|cannot|except|without|exclud\w+|eliminat\w+|rul(?:e|es|ed|ing) out|reject\w*|discard\w*"
    r"|instead of|rather than|unlike|than|unless|if)\b|n't\b|不是|不选|不能|并非|排除|除了|아닌|кроме|\bне\b)"
    r"(?P<rest>[^,.;:，。；]*)$",
    re.IGNORECASE,
)
_NEW_CLAUSE = re.compile(r"\b(?:so|therefore|thus|hence|but|leaving|leaves|answer)\b|而是", re.IGNORECASE)
_DENIED = re.compile(
    r"\s*(?:(?:is|are|was|were|would be|seems?|looks|must be|选项|项|是)?\s*(?:clearly|also|therefore|definitely|obviously)?\s*"
    r"(?:not|wrong|incorrect|false|impossible|invalid|ruled out|eliminated|excluded|unlikely|too)\b"
    r"|(?:is|are|was|were|does|do|did|can|could|would|has|have)n't\b|can(?:not|'t)\b|(?:does|do|did|could|would) not\b"
    r"|(?:选项|项)?(?:是)?(?:不对|错误|不正确|不符合|错|不是))",
    re.IGNORECASE,
)
_CLAUSE_WORD = re.compile(
    r"\b(?:because|since|as|while|which|whereas|for|due|where|when|given|so|with|is|are|has|have|was|rather|not|than|from|among|instead"
    r"|cannot|unlike|although|though|though)\b|n't\b|不|因为|由于",
    re.IGNORECASE,
)
_HEDGE = re.compile(r"\b(?:or|maybe|perhaps|possibly|might|could|alternatively)\b|或", re.IGNORECASE)
_FILLER = re.compile(
    r"(?:\b(?:the|is|it|it's|that|its|be|must|should|would|will|are|definitely|clearly|certainly|obviously|surely|probably|likely|most|for|sure"
    r"|therefore|thus|hence|so|then|final|correct|right|best|true|only|indeed|simply|just|either|both|i|think|believe|say|to|given|by|in|as|ans"
    r"|labell?ed|marked|one|would|choose|select|selected|pick|with|go|final|but|not)\b|是|为|為|选|選|应|应该|应选|只有|는|은|é|es|est|ist|è|[\s:：,，\"'=\->#])*",
    re.IGNORECASE,
)
_ARTICLE_NEXT = re.compile(
    r"\s+(?!(?:because|since|as|is|are|and|or|but|which|with|for|due|while|not|would|has|have|was|seems|in|the|from|makes|will)\b)[^\W\d_]{2}",
    re.IGNORECASE,
)
_PRONOUN_NEXT = re.compile(r"\s+(?!(?:and|or|is)\b)[^\W\d_]|'", re.IGNORECASE)
# A reference such as "A Peter": a letter, and the name it stands for.
_NAMED_BY = re.compile(r"\s*([A-Z])\s+[A-Z]")
_GLUED = re.compile(r"[\s(\[{\"']*([A-Z]{2,10})[\s)\]}\"'.。]*")
_ALONE = re.compile(r"[\s(\[{\"'<]*([A-Za-z])[\s)\]}\"'>.:,;!。、]*")
_NUMBER_CHOICE = re.compile(
    rf"[\s(\[]*(?:(?:the|number|no\.?)\s+)?(?:{_NOUN}\s*[:：#]?\s*)?[(\[]?(\d{{1,2}})[)\].:\s]*", re.IGNORECASE
)
_NUMBER_LABEL = re.compile(r"[\s(\[]*(\d{1,2})\s?[)\].:、]\s*(?=\S)")
_LABEL_BEHIND = re.compile(r"(.{1,300}?)\s*[(\[]([A-Z])[)\]]\W*", re.DOTALL)
_CLAUSE_END = re.compile(r"[,;.!?](?=\s|$)|\s(?:because|since|as|which|so|due)\s|\s[-(]\s?|，|。|；|\n", re.IGNORECASE)
_LAST_EQUALS = re.compile(r".*(?:=|≈|\\approx)", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")


def read(text: str, options: Options, *, strict: bool = False) -> Reading | None:
    """The options that a final answer chooses; None when it chooses none.

    `strict` is for places that may hold prose: there the whole text must be letters or an option's text.
    """
    if not text.strip() or len(text) > LIMIT:
        return None
    plain = peel(text)
    found = _whole(plain, text, options) or _label_and_text(plain, options) or _text_and_label(plain, options)
    if found is None and not strict:
        found = _by_mentions(plain, options) or _by_words(plain, text, options)
    return found


def reference_letters(reference: str, options: Options) -> frozenset[str]:
    """The letters a reference stands for; empty when it is no option of the row."""
    whole = read(reference, options, strict=True)
    named_by = _NAMED_BY.match(reference) if whole is None and not options.telling else None
    if named_by:
        return frozenset(named_by[1])
    if whole is None and not (options.stated and options.telling):
        groups = mentions(peel(reference), options)
        whole = Reading(frozenset(groups[0].letters), "letter") if groups else None
    return whole.letters if whole and not whole.open else frozenset()


def named(text: str, options: Options) -> frozenset[str]:
    """The letters of the options whose text or value this is: usually one, none when it is something else."""
    key = fold(text)
    if not key:
        return frozenset()
    same = frozenset(letter for letter, other in options.folded.items() if other == key)
    if same:
        return same
    number = quantity(text)
    if number is not None:
        return frozenset(letter for letter, other in options.quantities.items() if number.same(other))
    return frozenset(letter for letter, other in options.texts.items() if same_formula(other, text))


def _whole(plain: str, text: str, options: Options) -> Reading | None:
    """The text is a letter, an option's text or number, or several letters, and nothing else."""
    alone = _ALONE.fullmatch(plain)
    if alone and (letter := _letter(alone[1], options)):
        # A small letter may be an option's own text, a name in a formula; a capital is a label.
        other = named(plain, options) if alone[1].islower() else frozenset()
        return Reading(other, "text") if len(other) == 1 else Reading(frozenset(letter), "letter")
    number = _NUMBER_CHOICE.fullmatch(plain) if options.labels else None
    if number and number[1] in options.labels:
        return Reading(frozenset(options.labels[number[1]]), "number")
    same = named(text, options)
    if same:
        return Reading(same, "text", open=len(same) > 1)
    group = _only_group(plain, options)
    if group:
        return Reading(frozenset(group.letters), "letters", group.hedged)
    glued = _GLUED.fullmatch(plain)
    if glued and len(set(glued[1])) == len(glued[1]) and all(_letter(c, options) for c in glued[1]):
        return Reading(frozenset(glued[1]), "letters")
    return None


def _only_group(plain: str, options: Options) -> Group | None:
    """The letters of a text that is a list of letters and nothing else."""
    groups = mentions(plain, options) if len(plain) < 80 else []
    if len(groups) != 1 or len(groups[0].letters) < 2:
        return None
    rest = plain[: groups[0].start] + plain[groups[0].end :]
    return groups[0] if not re.sub(r"[\s{}()\[\].,;\"']+|\b(?:either|both)\b", "", rest, flags=re.IGNORECASE) else None


def _label_and_text(plain: str, options: Options) -> Reading | None:
    """A label followed by the option's own text; by the text of another option, it contradicts itself."""
    number = _NUMBER_LABEL.match(plain) if options.labels else None
    if number and number[1] in options.labels:
        letter, rest = options.labels[number[1]], plain[number.end() :]
    else:
        label = _MENTION.match(plain)
        if label is None or not _letter(label["letter"], options):
            return None
        letter, rest = label["letter"].upper(), plain[label.end() :]
        if any(set(group.letters) != {letter} for group in mentions(plain, options) if group.dressed):
            return None
        if not (label["close"] or label["noun"] or _LABEL.match(rest)) and not label["letter"].isupper():
            return None
    said = _said(rest, options)
    if not said:
        # A number that is not the option's own is a contradiction, even when no other option states it.
        own, number_said = options.quantities.get(letter), quantity(rest.lstrip(" .:)-"))
        return Reading(frozenset(letter), "letter", open=True) if own and number_said and not own.same(number_said) else None
    return Reading(frozenset(letter), "letter", open=letter not in said)


def _text_and_label(plain: str, options: Options) -> Reading | None:
    """An option's text with its label in brackets behind it."""
    match = _LABEL_BEHIND.fullmatch(plain)
    if match is None or not _letter(match[2], options):
        return None
    said = named(match[1], options)
    return Reading(frozenset(match[2]), "letter", open=match[2] not in said) if said else None


def _said(rest: str, options: Options) -> frozenset[str]:
    """Options whose text follows a label: the whole rest, or its first clause."""
    rest = rest.lstrip(" \t\n.:：)]-、,，(=\"'").rstrip(")\"' ")
    if not rest or not options.texts:
        return frozenset()
    whole = named(rest, options)
    if whole:
        return whole
    clause = _CLAUSE_END.split(rest, maxsplit=1)[0]
    return named(clause, options) if clause != rest else frozenset()


def mentions(plain: str, options: Options) -> list[Group]:
    """Groups of letters that are meant as options and not denied, in the order of the text."""
    groups: list[Group] = []
    for match in _MENTION.finditer(plain):
        letter = _letter(match["letter"], options)
        if not letter:
            continue
        dressed = _dressed(match, plain)
        if not dressed and not _stands_bare(match, plain, options, groups):
            continue
        last = groups[-1] if groups else None
        if last:
            gap = plain[last.end : match.start()]
            join = _JOIN.fullmatch(gap) if len(gap) < 40 else None
            if join and (last.dressed == dressed or plain[last.end - 1].isalpha() or gap.strip(" ,(")):
                hedged = last.hedged or bool(join["open"] or join["open2"] or join["open3"])
                letters = last.letters if letter in last.letters else (*last.letters, letter)
                groups[-1] = Group(letters, last.start, match.end(), last.dressed, hedged)
                continue
        groups.append(Group((letter,), match.start(), match.end(), dressed))
    return [group for group in groups if not _denied(group, plain)]


def _letter(letter: str, options: Options) -> str:
    upper = letter.upper()
    return upper if upper in (options.texts if options.stated or len(options) > 1 else LETTERS) else ""


def _dressed(match: re.Match[str], plain: str) -> bool:
    if match["open"] and match["close"]:
        return True
    if match["noun"] and (match["letter"].isupper() or not _ARTICLE_NEXT.match(plain, match.end())):
        return True
    starts = not plain[: match.start()].strip(" \"'#") or plain[: match.start()].rstrip(" ").endswith("\n")
    if match["close"] and not match["open"]:
        return starts or match["letter"].isupper()
    listed = starts or plain[: match.start()].rstrip(" ").endswith((",", ";"))
    return listed and _LABEL_MARK.match(plain, match.end()) is not None and (starts or match["letter"].isupper())


def _stands_bare(match: re.Match[str], plain: str, options: Options, groups: list[Group]) -> bool:
    """Whether an undressed letter stands where a choice must stand."""
    letter, before, end = match["letter"], plain[max(0, match.start() - 40) : match.start()], match.end()
    if (letter == "A" and _ARTICLE_NEXT.match(plain, end)) or (letter == "I" and _PRONOUN_NEXT.match(plain, end)):
        return False
    if groups and plain[groups[-1].end - 1].isalpha() and _JOIN.fullmatch(plain, groups[-1].end, match.start()):
        return letter.isupper() or plain[groups[-1].end - 1].islower()
    if _MATHS_BEFORE.search(before) or (_MATHS_AFTER.match(plain, end) and not _joined(plain, end)):
        return False
    start = groups[-1].end if groups else 0
    filled = match.start() - start < 80 and _FILLER.fullmatch(plain, start, match.start()) is not None
    ends = re.match(r"\s*(?:[.,;:!\"')(。，]|$|[^\x00-\x7f])", plain[end : end + 8]) is not None
    if letter.islower():
        return filled and ends and (letter not in "ai" or not plain[end:].strip(" .\"'"))
    return filled or (ends and not options.telling and before.endswith(" ") and not _FORMULA_NOUN.search(before))


def _joined(plain: str, at: int) -> bool:
    return re.match(r"\s?[/+&]\s?[A-Z](?![A-Za-z])", plain[at : at + 5]) is not None


def _denied(group: Group, plain: str) -> bool:
    negation = _NEGATION.search(plain, max(0, group.start - 120), group.start)
    if negation and not _NEW_CLAUSE.search(negation["rest"]):
        return True
    return _DENIED.match(plain, group.end) is not None


def _by_mentions(plain: str, options: Options) -> Reading | None:
    groups = mentions(plain, options)
    if not groups:
        return None
    first = groups[0]
    letters, open_choice, end = set(first.letters), first.hedged, first.end
    for group in groups[1:]:
        gap = plain[end : group.start].lstrip(" .:)")
        told = _CLAUSE_WORD.search(gap) or any(c in gap for c in ".;!?。；")
        if _HEDGE.search(gap) and not told:
            open_choice = True
        if told or not (group.dressed and first.dressed):
            break
        letters.update(group.letters)
        end = group.end
    if len(letters) == 1 and not open_choice:
        said = _said(plain[first.end :], options)
        open_choice = bool(said) and not said & letters
    return Reading(frozenset(letters), "letter" if len(letters) == 1 else "letters", open_choice)


def _by_words(plain: str, text: str, options: Options) -> Reading | None:
    """An option's words or value at the head, after the last equals sign, or alone among the options in the text."""
    if not options.folded:
        return None
    tail = _LAST_EQUALS.sub("", plain)
    head = _CLAUSE_END.split(plain.lstrip(), maxsplit=1)[0]
    for part in (tail, head, _CLAUSE_END.split(tail, maxsplit=1)[0]):
        if part and part != plain and len(same := named(part, options)) == 1:
            return Reading(same, "text")
    if not options.telling or len(plain) > 300 or _NEGATION.search(plain) or _HEDGE.search(plain):
        return None
    words = " ".join(_WORD.findall(plain.casefold()))
    held = {letter: " ".join(_WORD.findall(peel(option).casefold())) for letter, option in options.texts.items()}
    inside = [letter for letter, part in held.items() if len(part) > 3 and not part.isdigit() and f" {part} " in f" {words} "]
    longest = max(inside, key=lambda letter: len(held[letter]), default="")
    if longest and all(held[letter] in held[longest] for letter in inside):
        return Reading(frozenset(longest), "words")
    return None
