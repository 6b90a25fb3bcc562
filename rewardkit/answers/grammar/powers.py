"""What stands behind a factor: powers, subscripts, primes, factorials, percent and degree signs."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from rewardkit.answers.grammar.cursor import END, Cursor, Unreadable
from rewardkit.answers.tree import Apply, Name, Node, Number, Text, negated

__all__ = ["PowerParser"]

_SIGNED = frozenset(["num", "name", "const", "(", "frac", "{", "func", "sqrt"])


class PowerParser(Cursor):
    """Adds powers and the other marks behind an atom."""

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
        r"""Degrees with the minutes and seconds that may follow: `60^\circ 42'`."""
        parts = [degrees]
        below = 60
        while self.kind == "num" and self.tokens[self.at + 1].kind in ("'", "^", END.kind) and below <= 3600:
            start = self.at
            part = self.number()
            if self.accept("^"):
                braced = self.accept("{")
                marks = self._primes()
                if braced and marks:
                    self.expect("}")
            else:
                marks = self._primes()
            if not marks and self.kind != END.kind:
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
                    if token is END:
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
        return negated(node) if negative else node

    def subscript(self, node: Node) -> Node:
        """A name with its subscript, a number in its base, or an indexed name when the subscript is an expression."""
        start = self.at
        if self.accept("{"):
            open_braces = 1
            while open_braces:
                token = self.take()
                if token is END:
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
        if (signs and not words.strip("+-*").isdigit() and words not in "+-*") or (
            self.bound and any(t.value in self.bound for t in inner)
        ):
            after, self.at = self.at, start
            index = self.exponent()
            if self.at == after:
                return Apply("index", (node, index))
            self.at = after
        return Name(f"{node.text}_{words}")


def _sum(terms: Sequence[Node]) -> Node:
    return terms[0] if len(terms) == 1 else Apply("add", tuple(terms))


def _selection(chosen: Apply) -> Node:
    if chosen.head == "binom":
        return chosen
    n, k = chosen.args
    return Apply("mul", (Apply("binom", (n, k)), Apply("fact", (k,))))
