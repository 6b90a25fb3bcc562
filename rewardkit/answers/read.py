"""Text or LaTeX to a tree: lists, relations, sets, intervals, matrices, labels, units and conditions.

`read` is the way in. It cleans the text, tokenizes it and parses it by recursive descent; whatever it cannot read
comes back as a `Reading` without a tree and with the reason. It never raises, whatever the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rewardkit.answers.grammar.cursor import Unreadable
from rewardkit.answers.grammar.environments import CONDITIONS, RELATIONS, EnvironmentParser
from rewardkit.answers.grammar.products import is_relation
from rewardkit.answers.notation.clean import MAX_LENGTH, clean
from rewardkit.answers.notation.notations import rewritten
from rewardkit.answers.notation.number_words import spell_out
from rewardkit.answers.notation.quantities import measured, restated
from rewardkit.answers.notation.tokens import TooComplex, currency, is_known_word, is_mere_word, tokenize
from rewardkit.answers.tree import Apply, Name, Node, Text

__all__ = ["Reading", "read"]


class Reading(NamedTuple):
    """What a text was read as.

    `tree` is None when `problem` says why: `empty`, `too_complex` or `unreadable`, with `detail`. `slash` says that
    a product stands behind a slash, so that `1/2x` has a second reading; `grouped` that a comma groups digits.
    """

    tree: Node | None
    problem: str = ""
    detail: str = ""
    cleaned: str = ""
    slash: bool = False
    grouped: bool = False


SENTENCE = 40

_JOINT = {"cup": "cup", "cap": "cap", "minus": "minus", "U": "cup"}
_ENDS = frozenset(
    [",", ";", "and", "or", ")", "]", "}", "\\}", "end", "&", "\\\\", "end of text", "rfloor", "rceil", ".", "over", "choose"]
)
_CLOSING = _ENDS - {",", ";", "and", "or"}
_LONE = frozenset(["num", "name"])
_STATED = re.compile(r"\b(?:is|are|was|were|be|equals?|than|approximately|about|not|we|so)\b", re.IGNORECASE)
# So many words first are no label, which ends within eight tokens, and nothing for a unit or condition to follow.
_OPENING = re.compile(r"([A-Za-z]+),?\s+(?:[A-Za-z'’]+[,.;]?\s+){7}[A-Za-z'’]+")
# Where one sentence of words ends and another begins, no single answer goes on.
_NEXT_SENTENCE = re.compile(r"[.!?]\s+(?:A|[A-Z][a-z']+),?\s+[\\a-z]")
_LETTERS = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]+)*|[A-Za-z](?: [A-Za-z]+)+")
# A comma that groups digits might also separate, unless what follows starts with a zero, as no number in a list does.
_GROUPED = re.compile(r"^(?!.*\d,0\d\d(?!\d)).*\d,\d{3}(?!\d)", re.DOTALL)


def read(text: str, *, tight: bool = False, grouped: bool = True) -> Reading:
    """Read one answer; `tight` binds products behind a slash together, `grouped` reads `1,234` as one number.

    Text over 20,000 characters, 4000 tokens or 40 levels is not read (`too_complex`). Linear time. Never raises.
    """
    if len(text) > MAX_LENGTH:
        return Reading(None, "too_complex", f"more than {MAX_LENGTH} characters")
    cleaned = clean(text)
    if not cleaned:
        return Reading(None, "empty", "no text")
    if len(cleaned) > SENTENCE and _is_prose(cleaned):
        return Reading(None, "unreadable", "prose", cleaned)
    spelled = spell_out(restated(rewritten(cleaned)))
    if (spelled != cleaned or len(cleaned) <= SENTENCE) and _is_prose(spelled):
        return Reading(None, "unreadable", "prose", cleaned)
    if (tree := measured(cleaned)) is not None:
        return Reading(tree, cleaned=cleaned)
    try:
        parser = AnswerParser(tokenize(spelled, grouped=grouped), tight=tight)
        tree = parser.answer()
    except TooComplex as limit:
        return Reading(None, "too_complex", str(limit), cleaned)
    except (Unreadable, IndexError, ValueError) as stop:
        return Reading(None, "unreadable", str(stop), cleaned)
    return Reading(tree, cleaned=cleaned, slash=parser.slash, grouped="," in cleaned and _GROUPED.search(cleaned) is not None)


def _is_prose(text: str) -> bool:
    """Whether a text opens as a sentence or is words alone, where `xy` and `x and y` are mathematics and `cat` is not."""
    if not _LETTERS.fullmatch(text):
        if len(text) <= SENTENCE:
            return False
        opening = _OPENING.match(text)
        return (opening is not None and is_mere_word(opening[1])) or _NEXT_SENTENCE.search(text) is not None
    words = text.split()
    unknown = [word for word in words if len(word) > 2 and not is_known_word(word)]
    if len(unknown) == len(words) == 1:
        word = unknown[0]
        return not word.isupper() and bool(set(word.lower()) & set("aeiou")) and sorted(word) != list(word)
    return bool(unknown)


class AnswerParser(EnvironmentParser):
    """The grammar of a whole answer."""

    def answer(self) -> Node:
        """The whole text as one node."""
        node = self.alternatives()
        if self.kind == ".":
            self.at += 1
        if self.kind != "end of text":
            raise Unreadable(f"{self._here()} is left over")
        return node

    # -- lists

    def alternatives(self) -> Node:
        """Items joined by commas, semicolons, `and` or `or`; one item alone is itself."""
        if self._is_lone(_CLOSING):
            return self.atom()
        self.deeper()
        groups: list[list[Node]] = [[]]
        joints: set[str] = set()
        while True:
            groups[-1].append(self.item())
            kind = self.kind
            if kind not in (",", ";", "and", "or"):
                break
            self.at += 1
            if kind in (",", ";") and self.kind in ("and", "or"):
                kind = self.take().kind if self.kind == "or" else (self.take(), kind)[1]
            joints.add(kind)
            if kind == ";":
                groups.append([])
            if self.kind in _ENDS and self.kind not in (",", ";"):
                break
        self.depth -= 1
        if ";" in joints and len(joints) > 1:
            return Apply("list", tuple(g[0] if len(g) == 1 else Apply("list", tuple(g)) for g in groups if g))
        items = [node for g in groups for node in g]
        if len(items) == 1:
            return items[0]
        head = "or" if "or" in joints else "list" if joints - {"and"} else "and"
        return Apply(head, tuple(items))

    def _is_lone(self, ends: frozenset[str]) -> bool:
        """Whether a number or name stands here with nothing around it: most are read without going through the whole grammar."""
        return self.tokens[self.at].kind in _LONE and self.tokens[self.at + 1].kind in ends

    def item(self) -> Node:
        """One relation with the label before it and the unit or condition behind it."""
        if self._is_lone(_ENDS):
            return self.atom()
        if self.kind == "~" or (self.kind == "=" and self.at == 0):
            self.at += 1
        label = self._label()
        node = self.relation()
        while self.kind in ("text", "unit", "word", "(", "pmod", "...", "money") or (
            self.kind == "name" and self.tokens[self.at].value == "forall"
        ):
            node = self._tail(node)
        if self.kind == "num" and type(node) is Apply and node.head == "quantity":
            node = Apply("compound", (node, self.item()))
        return node if label is None else Apply("named", (Text(label), node))

    def _label(self) -> str | None:
        """Words before a colon, an equals sign or `is`, such as `Minimum: 1`."""
        token = self.tokens[self.at]
        if token.kind not in ("word", "text"):
            return None
        words: list[str] = []
        position = self.at
        while position < min(self.at + 8, len(self.tokens)):
            token = self.tokens[position]
            if token.kind in (":", "=") and words:
                if token.kind == ":" and (_STATED.search(" ".join(words)) or self._parts_numbers(position)):
                    return None  # "the ratio is 1:2" does not call 2 so, nor "it starts at 2:30" 30
                self.at = position + 1
                return " ".join(words)
            if token.kind in ("word", "text") and token.value.rstrip(" ").endswith((":", "=")):
                words.append(token.value.strip(" :="))
                self.at = position + 1
                return " ".join(words)
            if token.kind not in ("word", "text", "num", "name", "func", "const", "_"):
                return None
            words.append(token.value)
            position += 1
        return None

    def _parts_numbers(self, colon: int) -> bool:
        """Whether a colon stands between digits without a space, as in a time or a ratio."""
        before, after = self.tokens[colon - 1], self.tokens[min(colon + 1, len(self.tokens) - 1)]
        return before.kind == after.kind == "num" and not after.spaced

    def _tail(self, node: Node) -> Node:
        kind = self.kind
        token = self.tokens[self.at]
        if kind == "pmod":
            self.at += 1
            closer = {"{": "}", "(": ")"}.get(self.kind)
            if closer:
                self.at += 1
                return Apply("modulo", (node, self.group(closer)))
            return Apply("modulo", (node, self.factor()))
        if kind == "(":
            if self.tokens[self.at + 1].kind == "mod":
                self.at += 2
                return Apply("modulo", (node, self.group(")")))
            self.at += 1
            domain = self.group(")")
            if not is_relation(domain):
                raise Unreadable("a bracket behind an expression")
            return Apply("where", (node, domain))
        first = token.value.split(" ")[0].strip("(,:").lower() if token.value.strip() else ""
        if kind == "name" or first in CONDITIONS:
            words = []
            while self.kind != "end of text":
                token = self.take()
                words.append(token.value or token.kind)
            return Apply("where", (node, Text(" ".join(words))))
        if kind == "...":
            raise Unreadable("dots behind an expression")
        if kind == "money":
            return Apply("quantity", (node, Text(currency(self.take()))))
        return self._quantity(node)

    def _quantity(self, node: Node) -> Node:
        words: list[str] = []
        while self.kind not in RELATIONS and len(words) < 12:
            if self.kind in _ENDS and not (self.kind == "}" and words.count("{") > words.count("}")):
                break
            if self.kind == "num" and not (words and words[-1] in ("^", "-", "{")):
                break
            token = self.take()
            if token.kind not in (
                "text",
                "word",
                "unit",
                "name",
                "const",
                "/",
                "^",
                "num",
                "*",
                "{",
                "}",
                "-",
                "deg",
                "func",
                "'",
                "%",
            ):
                raise Unreadable(f"{token.value!r} among words")
            if token.kind in ("word", "text") and len(token.value) > 40:
                raise Unreadable("prose")
            joined = token.kind in ("^", "num", "{", "}", "-", "/", "*") or (words and words[-1] in "^{-/*")
            if token.kind in ("word", "text") and _STATED.search(token.value):
                raise Unreadable("prose")
            words.append(token.value if joined and token.value else token.kind if not token.value else token.value)
        text = re.sub(r"\s*([/^*{}])\s*", r"\1", " ".join(words))
        if sum(word.isalpha() for word in text.split()) > 5:
            raise Unreadable("prose")
        if type(node) is Apply and node.head in RELATIONS and len(node.args) == 2:
            return Apply(node.head, (node.args[0], Apply("quantity", (node.args[1], Text(text)))))
        return Apply("quantity", (node, Text(text)))

    # -- relations and sets

    def relation(self) -> Node:
        """Expressions chained by relation signs."""
        first = self.joined()
        if self.kind not in RELATIONS:
            return first
        parts: list[Node] = [first]
        while self.kind in RELATIONS:
            sign = self.take().kind
            if sign == "=" and self.kind == "=":
                self.at += 1
            parts += [Text(sign), self.joined()]
            if self.kind in ("unit", "text") and self.tokens[self.at + 1].kind in RELATIONS:
                parts[-1] = Apply("quantity", (parts[-1], Text(self.take().value)))
        if len(parts) == 3:
            return Apply(sign, (parts[0], parts[2]))
        return Apply("chain", tuple(parts))

    def joined(self) -> Node:
        """Sets joined by union, intersection and difference, or a ratio, or a plain sum."""
        node = self.ratio()
        while self.kind in _JOINT:
            head = _JOINT[self.take().kind]
            before = node.args if type(node) is Apply and node.head == head != "minus" else (node,)
            node = Apply(head, (*before, self.ratio()))
        return node

    def ratio(self) -> Node:
        """Sums with colons between them."""
        node = self.sum()
        parts = [node]
        while self._colon():
            parts.append(self.sum())
        return node if len(parts) == 1 else Apply("ratio", tuple(parts))

    def _colon(self) -> bool:
        """Whether a colon, or `to` before a number, stands here; it is taken."""
        if self.kind == "word" and self.tokens[self.at].value == "to" and self.tokens[self.at + 1].kind == "num":
            self.at += 1
            return True
        return self.accept(":")

    # -- brackets

    def group(self, closer: str) -> Node:
        """What stands before a closer, which is taken too; the end of the text closes what was left open."""
        bars, self.bars = self.bars, 0
        if self.kind == closer:
            raise Unreadable("an empty bracket")
        node = self.alternatives()
        if self.kind in ("over", "choose") and closer == "}":
            head = "div" if self.take().kind == "over" else "binom"
            node = Apply(head, (node, self.alternatives()))
        self.bars = bars
        if self.kind != "end of text":
            self.expect(closer)
        return node

    def bracket(self, opener: str) -> Node:
        """A parenthesis, tuple, interval or list after its opening bracket."""
        if opener != "]" and self.kind in (")", "]"):
            closer = self.take().kind
            return Apply("tuple" if closer == ")" else "span", ())
        bars, self.bars = self.bars, 0
        node = self.alternatives()
        self.bars = bars
        kind = self.kind
        if kind in (")", "]") or (opener == "]" and kind == "["):
            self.at += 1
        elif kind == "end of text":
            kind = {"(": ")", "[": "]"}.get(opener, "")
        if kind not in (")", "]", "["):
            raise Unreadable(f"{self._here()} where a bracket should close")
        many = type(node) is Apply and node.head == "list"
        items = node.args if many and type(node) is Apply else (node,)
        if opener == "(" and kind == ")":
            return Apply("tuple", items) if many else node
        if len(items) == 2:
            left = "[" if opener == "[" else "("
            right = "]" if kind == "]" else ")"
            return Apply("span", (Text(left + right), *items))
        if opener == "[" and kind == "]":
            return (
                Apply("tuple", items)
                if many
                else node
                if type(node) is not Apply or node.head != "tuple"
                else Apply("tuple", (node,))
            )
        raise Unreadable("brackets that do not match")

    def braces(self, closer: str) -> Node:
        """A set, a set builder, or the transparent group that plain braces are in LaTeX."""
        if self.accept(closer):
            if closer == "}" and self.kind not in ("end of text", "cup", "cap"):
                return self.postfixes(Name("")) if self.kind in ("^", "_") else self.atom()
            return Apply("set")
        bars, self.bars = self.bars, 0
        builder = self._builder()
        if builder is not None:
            self.accept("mid") or self.accept("|") or self.accept(":")
            condition = self.alternatives()
            self.bars = bars
            self.expect(closer)
            return Apply("setof", (builder[0], condition, *builder[1:]))
        if closer == "}":
            self.bars = bars
            node = self.group("}")
            return Apply("braces", node.args) if type(node) is Apply and node.head == "list" else node
        node = self.alternatives()
        self.bars = bars
        if self.kind != "end of text":
            self.expect(closer)
        return Apply("set", node.args if type(node) is Apply and node.head in ("list", "and") else (node,))

    def _builder(self) -> tuple[Node, ...] | None:
        """The variable of a set builder when one begins here, a name or a tuple, and the set it is `in`, then a bar."""
        start = self.at
        try:
            if self.kind in ("name", "(", "const"):
                node = self.factor()
                members = (self.factor(),) if self.accept("in") else ()
                if self.kind in ("|", "mid", ":") and (type(node) is Name or (type(node) is Apply and node.head == "tuple")):
                    return (node, *members)
        except (Unreadable, IndexError):
            pass
        self.at = start
        return None
