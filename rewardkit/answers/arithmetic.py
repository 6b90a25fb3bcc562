"""The grammar of one expression: sums, products, powers, functions, fractions, names and numbers.

A recursive descent over the tokens with a limit on depth, so that no input can exhaust the stack. Nothing is
simplified: the tree says what was written. `latex` builds lists, relations and sets upon this.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from rewardkit.answers.expression import Apply, Name, Node, Number, Text
from rewardkit.answers.tokens import Token, TooComplex

__all__ = ["ExpressionParser", "Unreadable"]

MAX_DEPTH = 40
MAX_DIGITS = 6000

_CALLED = frozenset("fghFGHWTSPQ")
_STOPS = frozenset([")", "]", "\\}", "}", ",", ";", "end", "&", "\\\\", "rfloor", "rceil", "mid", "and", "or", "text", "unit", "word", "..."])
_NOT_FACTOR = _STOPS | frozenset(
    ["+", "-", "pm", "mp", "*", "/", "=", "<", ">", "<=", ">=", "!=", "~", "=>", "in", "notin", "cup", "cap", "minus", "U", "subset", "supset"]
    + ["to", "equiv", "perp", "parallel", ":", "^", "_", "!", "'", "%", "deg", "|", "||", "mod", "pmod", "over", "choose", "."]
)
_CLOSERS = {"(": ")", "[": "]", "lfloor": "rfloor", "lceil": "rceil"}
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sec": "arcsec", "csc": "arccsc", "sinh": "arcsinh"}
_END = Token("end of text", "", False)


class Unreadable(Exception):
    """The text is not the mathematics this parser knows; the message says where it stopped."""


class ExpressionParser:
    """Tokens to one expression; subclasses provide `group`, the contents of a bracket."""

    def __init__(self, tokens: Sequence[Token], *, tight: bool = False) -> None:
        self.tokens = list(tokens)
        self.tokens.append(_END)
        self.at = 0
        self.depth = 0
        self.bars = 0
        self.tight = tight
        self.bound: set[str] = set()
        self.slash = False

    # -- reading tokens

    @property
    def kind(self) -> str:
        return self.tokens[self.at].kind

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def accept(self, kind: str) -> bool:
        if self.tokens[self.at].kind == kind:
            self.at += 1
            return True
        return False

    def expect(self, kind: str) -> None:
        if not self.accept(kind):
            raise Unreadable(f"{self._here()} where {kind} was expected")

    def _here(self) -> str:
        token = self.tokens[self.at]
        return repr(token.value or token.kind)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooComplex(f"nested deeper than {MAX_DEPTH} levels")

    def group(self, closer: str) -> Node:
        """What stands before a closing brace, which is taken too."""
        raise NotImplementedError

    def bracket(self, opener: str) -> Node:
        """A tuple, interval, list or parenthesis after its opening bracket."""
        raise NotImplementedError

    def braces(self, closer: str) -> Node:
        """A set or a transparent LaTeX group after its opening brace."""
        raise NotImplementedError

    def environment(self) -> Node:
        """A matrix, cases or alignment after `\\begin`."""
        raise NotImplementedError

    # -- sums and products

    def sum(self) -> Node:
        """Terms joined by plus, minus and plus-or-minus."""
        self.deeper()
        kind = self.kind
        if kind in ("pm", "mp"):
            self.at += 1
            total: Node = Apply(kind, (self.term(),))
        else:
            total = self.term()
        terms = [total]
        while True:
            kind = self.kind
            if kind == "+":
                self.at += 1
                terms.append(self.term())
            elif kind == "-":
                self.at += 1
                terms.append(_negative(self.term()))
            elif kind in ("pm", "mp"):
                self.at += 1
                left = terms[0] if len(terms) == 1 else Apply("add", tuple(terms))
                terms = [Apply(kind, (left, self.term()))]
            else:
                break
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Apply("add", tuple(terms))

    def term(self) -> Node:
        """Factors joined by times, a slash, `mod` or nothing."""
        negative = False
        while self.kind in ("+", "-"):
            negative ^= self.take().kind == "-"
        factors = [self.factor()]
        while True:
            kind = self.kind
            if kind == "*":
                self.at += 1
                factors.append(self.signed())
            elif kind == "/":
                self.at += 1
                below = self.denominator()
                factors = [_mixed(factors, below) or Apply("div", (_product(factors), below))]
            elif kind == "mod":
                self.at += 1
                left = _product(factors)
                factors = [Apply("mod", (_negative(left) if negative else left, self.signed()))]
                negative = False
            elif kind in _NOT_FACTOR and not (kind == "|" and not self.bars):
                break
            elif kind == "num":
                if self._times(factors):
                    continue
                previous = self.tokens[self.at - 1].kind
                if previous == "num" or (previous in ("}", "frac") and self.tokens[self.at].spaced):
                    whole = self._whole(factors)
                    if whole is not None:
                        factors.append(self.factor())
                        continue
                    raise Unreadable("two numbers side by side")
                factors.append(self.factor())
            elif kind == _END.kind:
                break
            else:
                if kind == "frac" and len(factors) == 1 and type(factors[0]) is Number and self.tokens[self.at - 1].kind == "num":
                    fraction = self.atom()
                    mixed = _add_fraction(factors[0], fraction)
                    factors = [self.postfixes(mixed)] if mixed else [Apply("mul", (factors[0], self.postfixes(fraction)))]
                    continue
                factors.append(self.factor())
        result = _product(factors)
        return _negative(result) if negative else result

    def _times(self, factors: list[Node]) -> bool:
        """`2 x 10^5`: a letter x between two numbers is a multiplication sign."""
        if len(factors) > 1 and factors[-1] == Name("x") and type(factors[-2]) is Number and self.tokens[self.at - 1].value == "x":
            factors.pop()
            factors.append(self.factor())
            return True
        return False

    def _whole(self, factors: list[Node]) -> Number | None:
        """The integer before the fraction of a mixed number such as `3 1/2`, if that is what comes next."""
        last = factors[-1]
        after = self.tokens[self.at + 1].kind if self.at + 1 < len(self.tokens) else ""
        return last if len(factors) == 1 and type(last) is Number and last.value.q == 1 and last.step is None and after == "/" else None

    def signed(self) -> Node:
        """A factor after an explicit operator, where a sign may stand."""
        negative = False
        while self.kind in ("+", "-"):
            negative ^= self.take().kind == "-"
        result = self.factor()
        return _negative(result) if negative else result

    def denominator(self) -> Node:
        """What stands after a slash; with `tight`, letters set against it belong to it, as in `1/2x`."""
        below = self.signed()
        if self.kind in ("name", "const", "num", "sqrt", "func", "(") and not self.tokens[self.at].spaced:
            self.slash = True
        if not self.tight:
            return below
        factors = [below]
        while self.kind not in _NOT_FACTOR and self.kind != _END.kind and not self.tokens[self.at].spaced:
            factors.append(self.factor())
        return _product(factors)

    # -- powers and what stands behind a factor

    def factor(self) -> Node:
        """An atom with its powers, subscripts, primes, factorials, percent and degree signs."""
        self.deeper()
        node = self.postfixes(self.atom())
        self.depth -= 1
        return node

    def postfixes(self, node: Node) -> Node:
        """Whatever stands behind an atom and belongs to it."""
        power: Node | None = None
        while True:
            kind = self.kind
            if kind == "^":
                self.at += 1
                if self._degree():
                    node = self._angle(node if power is None else Apply("pow", (node, power)))
                    power = None
                    continue
                above = self.exponent()
                if type(above) is Text:
                    if type(node) is not Name:
                        raise Unreadable(f"a raised {above.words!r}")
                    node = Name(node.text + above.words)
                elif power is None:
                    power = above
                else:
                    node, power = Apply("pow", (node, power)), above
            elif kind == "_":
                self.at += 1
                node = self.subscript(node)
                if type(node) is Name and node.text[0] in "CAP" and node.text[1:2] == "_" and self.kind == "^" and power is None:
                    power = self._choose(node)
                    if type(power) is Apply and power.head in ("binom", "falling"):
                        node, power = _selection(power), None
            elif kind == "!":
                self.at += 1
                node = node if power is None else Apply("pow", (node, power))
                power = None
                node = Apply("dfact" if self.accept("!") else "fact", (node,))
            elif kind == "'" and type(node) is Name and power is None:
                self.at += 1
                node = Name(node.text + "'")
            elif kind == "%":
                self.at += 1
                node = Apply("percent", (node if power is None else Apply("pow", (node, power)),))
                power = None
            elif kind == "deg":
                self.at += 1
                node = self._angle(node if power is None else Apply("pow", (node, power)))
                power = None
            else:
                return node if power is None else Apply("pow", (node, power))

    def _choose(self, node: Name) -> Node:
        """`C_n^k` counts selections when what is raised can be chosen from what is lowered."""
        self.expect("^")
        above = self.exponent()
        below = node.text[2:].strip("{}")
        if below.isdigit() and type(above) is Number and above.value > int(below):
            return above
        if below.isdigit() or (below.isalpha() and below in "nmNMk"):
            chosen = Number(fmpq(int(below))) if below.isdigit() else Name(below)
            return Apply("binom" if node.text[0] == "C" else "falling", (chosen, above))
        return above

    def _degree(self) -> bool:
        """Whether the exponent is a degree sign, which is then taken."""
        if self.accept("deg"):
            return True
        if self.kind == "{" and self.tokens[self.at + 1].kind == "deg" and self.tokens[self.at + 2].kind == "}":
            self.at += 3
            return True
        return False

    def _angle(self, degrees: Node) -> Node:
        """Degrees with the minutes and seconds that may follow: `60^\\circ 42'`."""
        parts = [degrees]
        below = 60
        while self.kind == "num" and self.tokens[self.at + 1].kind in ("'", "^", _END.kind) and below <= 3600:
            start = self.at
            part = self.number()
            if self.accept("^"):
                braced = self.accept("{")
                marks = self._primes()
                if braced and marks:
                    self.expect("}")
            else:
                marks = self._primes()
            if not marks and self.kind != _END.kind:
                self.at = start
                break
            parts.append(Apply("div", (part, Number(fmpq(below)))))
            below *= 60
        if self.kind == "name" and self.tokens[self.at].value in ("C", "F") and len(parts) == 1:
            return Apply("quantity", (degrees, Text("°" + self.take().value)))
        return Apply("degree", (_sum(parts),))

    def _primes(self) -> int:
        count = 0
        while self.accept("'") or self.accept('"'):
            count += 1
        return count

    def exponent(self) -> Node:
        """What stands after a caret: one atom, or a brace group; a mark such as `*` or a prime comes back as text."""
        kind = self.kind
        if kind == "{":
            inside = self.tokens[self.at + 1].kind
            if inside in ("'", "*", "+", "-") and self.tokens[self.at + 2].kind in ("}", "'"):
                self.at += 1
                words = ""
                while not self.accept("}"):
                    token = self.take()
                    if token is _END:
                        raise Unreadable("an open brace")
                    words += token.kind
                return Text(words)
            self.at += 1
            return self.group("}")
        if kind in ("'", "*"):
            return Text(self.take().kind)
        if kind in ("+", "-"):
            if self.tokens[self.at + 1].kind in ("num", "name", "const", "(", "frac", "{", "func", "sqrt"):
                return self.signed_atom()
            return Text(self.take().kind)
        return self.signed_atom()

    def signed_atom(self) -> Node:
        """An atom that a sign may precede; code style lets a power follow, as in `2**-x**2`."""
        negative = False
        while self.kind in ("+", "-"):
            negative ^= self.take().kind == "-"
        self.deeper()
        node = self.atom()
        if self.kind == "^":
            self.at += 1
            node = Apply("pow", (node, self.exponent()))
        elif self.kind == "!":
            self.at += 1
            node = Apply("fact", (node,))
        self.depth -= 1
        return _negative(node) if negative else node

    def subscript(self, node: Node) -> Node:
        """A name with its subscript, a number in its base, or an indexed name when the subscript is an expression."""
        start = self.at
        if self.accept("{"):
            open_braces = 1
            while open_braces:
                token = self.take()
                if token is _END:
                    raise Unreadable("an open brace")
                open_braces += {"{": 1, "}": -1}.get(token.kind, 0)
            inner = self.tokens[start + 1 : self.at - 1]
        elif self.kind in ("+", "-"):
            self.at += 2
            inner = self.tokens[start : self.at]
        else:
            self.at += 1
            inner = self.tokens[start : self.at]
        if type(node) is Number:
            if len(inner) == 1 and inner[0].kind == "num" and inner[0].value.isdigit():
                return Apply("base", (node, Number(fmpq(int(inner[0].value[:4])))))
            raise Unreadable("a number with a subscript")
        if type(node) is not Name:
            if type(node) is Apply and node.head in ("i", "e", "pi") and not node.args:
                node = Name(node.head)
            else:
                raise Unreadable("a subscript that belongs to no name")
        words = "".join(token.value or token.kind for token in inner if token.kind not in ("{", "}"))
        signs = any(token.kind in ("+", "-", "*", "/", "^") for token in inner)
        if (signs and not words.strip("+-*").isdigit() and words not in "+-*") or (self.bound and any(t.value in self.bound for t in inner)):
            after, self.at = self.at, start
            index = self.exponent()
            if self.at == after:
                return Apply("index", (node, index))
            self.at = after
        return Name(f"{node.text}_{words}")

    # -- atoms live in `atoms`

    def atom(self) -> Node:
        """The smallest whole: a number, name, constant, function, fraction, root or bracket."""
        raise NotImplementedError

    def number(self) -> Number:
        """A number token as an exact rational that remembers how many decimals were written."""
        raise NotImplementedError


def _negative(node: Node) -> Node:
    return Number(-node.value, node.step) if type(node) is Number else Apply("neg", (node,))


def _sum(terms: Sequence[Node]) -> Node:
    return terms[0] if len(terms) == 1 else Apply("add", tuple(terms))


def _product(factors: Sequence[Node]) -> Node:
    return factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))


def _mixed(factors: list[Node], below: Node) -> Node | None:
    """`3 1/2`, which comes as two numbers side by side and a denominator."""
    if len(factors) == 2 and type(factors[0]) is Number and type(factors[1]) is Number and type(below) is Number and below.value != 0:
        return _add_fraction(factors[0], Apply("div", (factors[1], below)))
    return None


def _add_fraction(whole: Node, fraction: Node) -> Node | None:
    """A mixed number: an integer before a proper fraction of integers adds, anything else multiplies."""
    if type(fraction) is not Apply or fraction.head != "div" or type(whole) is not Number or whole.step is not None:
        return None
    top, bottom = fraction.args
    if type(top) is Number and type(bottom) is Number and top.value.q == bottom.value.q == whole.value.q == 1 and 0 < top.value < bottom.value:
        return Number(whole.value + top.value / bottom.value)
    return None


def _selection(chosen: Apply) -> Node:
    if chosen.head == "binom":
        return chosen
    n, k = chosen.args
    return Apply("mul", (Apply("binom", (n, k)), Apply("fact", (k,))))
