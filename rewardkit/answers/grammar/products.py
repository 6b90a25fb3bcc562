"""Sums and products: terms and factors, implicit multiplication, mixed numbers and slashes.

Nothing is simplified: the tree says what was written.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.answers.grammar.cursor import END, Unreadable
from rewardkit.answers.grammar.powers import PowerParser
from rewardkit.answers.tree import RELATIONS, Apply, Name, Node, Number, negated

__all__ = ["ExpressionParser", "is_relation"]

_CLOSERS = ") ] \\} } , ; end & \\\\ rfloor rceil mid and or text unit word money ... ."
_SIGNS = "+ - pm mp * / = < > <= >= != ~ => in notin cup cap minus U subset supset to equiv perp parallel : mod pmod over choose"
_MARKS = "^ _ ! ' % deg | ||"
_NOT_FACTOR = frozenset(f"{_CLOSERS} {_SIGNS} {_MARKS}".split())


class ExpressionParser(PowerParser):
    """Adds sums and products to the grammar."""

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
                terms.append(negated(self.term()))
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
        mixed = False  # whether the last two numbers stand side by side, as in `3 1/2` and not in `3*1/2`
        while True:
            kind = self.kind
            if kind == "*":
                self.at += 1
                factors.append(self.signed())
            elif kind == "/":
                self.at += 1
                below = self.denominator()
                factors = [(_mixed(factors, below) if mixed else None) or Apply("div", (_product(factors), below))]
                mixed = False
            elif kind == "mod":
                self.at += 1
                left = _product(factors)
                factors = [Apply("mod", (negated(left) if negative else left, self.signed()))]
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
                        mixed = True
                        continue
                    raise Unreadable("two numbers side by side")
                factors.append(self.factor())
            elif kind == END.kind:
                break
            elif kind == "(":
                start = self.at
                factor = self.factor()
                if is_relation(factor):
                    self.at = start
                    break
                factors.append(factor)
            else:
                if kind == "frac" and len(factors) == 1 and type(factors[0]) is Number and self.tokens[self.at - 1].kind == "num":
                    fraction = self.atom()
                    total = _add_fraction(factors[0], fraction)
                    factors = [self.postfixes(total)] if total else [Apply("mul", (factors[0], self.postfixes(fraction)))]
                    continue
                factors.append(self.factor())
        result = _product(factors)
        return negated(result) if negative else result

    def _times(self, factors: list[Node]) -> bool:
        """`2 x 10^5`: a letter x between two numbers is a multiplication sign."""
        if (
            len(factors) > 1
            and factors[-1] == Name("x")
            and type(factors[-2]) is Number
            and self.tokens[self.at - 1].value == "x"
        ):
            factors.pop()
            factors.append(self.factor())
            return True
        return False

    def _whole(self, factors: list[Node]) -> Number | None:
        """The integer before the fraction of a mixed number such as `3 1/2`, if that is what comes next."""
        last = factors[-1]
        after = self.tokens[self.at + 1].kind if self.at + 1 < len(self.tokens) else ""
        return (
            last
            if len(factors) == 1 and type(last) is Number and last.value.q == 1 and last.step is None and after == "/"
            else None
        )

    def signed(self) -> Node:
        """A factor after an explicit operator, where a sign may stand."""
        negative = False
        while self.kind in ("+", "-"):
            negative ^= self.take().kind == "-"
        result = self.factor()
        return negated(result) if negative else result

    def denominator(self) -> Node:
        """What stands after a slash; with `tight`, letters set against it belong to it, as in `1/2x`."""
        below = self.signed()
        if self.kind in ("name", "const", "num", "sqrt", "func", "(") and not self.tokens[self.at].spaced:
            self.slash = True
        if not self.tight:
            return below
        factors = [below]
        while self.kind not in _NOT_FACTOR and self.kind != END.kind and not self.tokens[self.at].spaced:
            factors.append(self.factor())
        return _product(factors)


def is_relation(node: Node) -> bool:
    """Whether the node is a relation or a list of them: what stands in brackets behind an expression as its domain."""
    if isinstance(node, Apply) and node.head in ("list", "and", "or"):
        return all(is_relation(arg) for arg in node.args)
    return isinstance(node, Apply) and (node.head in RELATIONS or node.head == "chain")


def _product(factors: Sequence[Node]) -> Node:
    return factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))


def _mixed(factors: list[Node], below: Node) -> Node | None:
    """`3 1/2`, which comes as two numbers side by side and a denominator."""
    if (
        len(factors) == 2
        and type(factors[0]) is Number
        and type(factors[1]) is Number
        and type(below) is Number
        and below.value != 0
    ):
        return _add_fraction(factors[0], Apply("div", (factors[1], below)))
    return None


def _add_fraction(whole: Node, fraction: Node) -> Node | None:
    """A mixed number: an integer before a proper fraction of integers adds, anything else multiplies."""
    if type(fraction) is not Apply or fraction.head != "div" or type(whole) is not Number or whole.step is not None:
        return None
    top, bottom = fraction.args
    if (
        type(top) is Number
        and type(bottom) is Number
        and top.value.q == bottom.value.q == whole.value.q == 1
        and 0 < top.value < bottom.value
    ):
        return Number(whole.value + top.value / bottom.value)
    return None
