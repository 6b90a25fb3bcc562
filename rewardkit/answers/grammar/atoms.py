"""The smallest wholes of an expression: numbers, names, functions, fractions, roots, bars, sums and integrals."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from rewardkit.answers.grammar.accents import AccentParser
from rewardkit.answers.grammar.cursor import Unreadable
from rewardkit.answers.notation.tokens import Token, currency
from rewardkit.answers.numerics.divisors import divisor, multiple
from rewardkit.answers.tree import Apply, Name, Node, Number, Text

__all__ = ["AtomParser"]

_CALLED = frozenset("fghFGHWTSPQ") | {"phi", "psi", "Phi", "Psi"}
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sec": "arcsec", "csc": "arccsc"}
_LISTED = frozenset(["max", "min", "gcd", "lcm", "binom"])
_ARGUMENT = frozenset(["num", "name", "const", "frac", "sqrt", "{", "binom", "angle", "overline", "font", "hat", "arrow"])


class AtomParser(AccentParser):
    """Adds the atoms to the grammar of sums and products."""

    def atom(self) -> Node:
        """The smallest whole at this place."""
        token = self.take()
        rule = _RULES.get(token.kind)
        if rule is None:
            self.at -= 1
            raise Unreadable(f"{self._here()} is no part of an expression")
        return rule(self, token)

    def _name(self, token: Token) -> Node:
        text = token.value
        if text in ("Delta", "partial", "delta", "nabla") and self.kind == "name":
            text += self.take().value
        node = Name(text)
        if self.kind == "(" and ((text in _CALLED and not self.tokens[self.at].spaced) or self._is_call()):
            return self._call(node)
        if self.kind in ("'", "^", "_") and text in _CALLED:
            return self._decorated(node)
        return node

    def _decorated(self, node: Name) -> Node:
        """A function's name with primes or a subscript, called when a bracket follows."""
        start = self.at
        while self.kind == "'":
            self.at += 1
            node = Name(node.text + "'")
        if self.accept("_"):
            lower = self.subscript(node)
            if type(lower) is not Name:
                return lower
            node = lower
        if self.kind == "^" and self.tokens[self.at + 1].kind in ("{", "("):
            marks = [t.kind for t in self.tokens[self.at + 1 : self.at + 6]]
            if marks == ["{", "-", "num", "}", "("]:
                self.at += 5
                return self._call(Name(node.text + "^-1"))
        if self.kind == "(" and self.at > start:
            return self._call(node)
        return node

    def _is_call(self) -> bool:
        """Whether the bracket after a name holds arguments: a comma inside, or a relation right behind it."""
        depth = 0
        for position in range(self.at, min(self.at + 24, len(self.tokens))):
            kind = self.tokens[position].kind
            if kind in ("(", "[", "{", "\\{"):
                depth += 1
            elif kind in (")", "]", "}", "\\}"):
                depth -= 1
                if not depth:
                    start = self.at < 2 or self.tokens[self.at - 2].kind in (",", ";", "and", "or", "=", "(")
                    return (
                        start
                        and position + 1 < len(self.tokens)
                        and self.tokens[position + 1].kind == "="
                        and position == self.at + 2
                    )
            elif kind == "," and depth == 1:
                return True
        return False

    def _call(self, node: Name) -> Node:
        self.at += 1
        inside = self.group(")")
        return Apply("call", (node, *(inside.args if type(inside) is Apply and inside.head == "list" else (inside,))))

    def _constant(self, token: Token) -> Node:
        if token.value in self.bound:
            return Name(token.value)
        return Apply(token.value)

    def _function(self, token: Token) -> Node:
        name = token.value
        if name in _LISTED:
            return self._listed(name)
        power: Node | None = None
        base: Node | None = None
        while self.kind in ("^", "_"):
            if self.take().kind == "^":
                if self.accept("deg"):
                    raise Unreadable("a function to the degree")
                power = self.exponent()
            else:
                base = self.lower()
        if name == "det" and self.kind == "begin":
            return Apply("det", (self.atom(),))
        if type(power) is Number and power.value == -1 and name in _INVERSE:
            name, power = _INVERSE[name], None
        argument = self._argument()
        if name == "log" and base is not None:
            node: Node = Apply("log", (argument, base))
        elif name == "cbrt":
            node = Apply("root", (argument, Number(fmpq(3))))
        else:
            node = Apply(name, (argument,))
        return node if power is None else Apply("pow", (node, power))

    def _argument(self) -> Node:
        """What a function applies to: a bracket, a brace group, or the factors up to the next function or bracket."""
        self.deeper()
        kind = self.kind
        if kind == "(":
            self.at += 1
            node = self.group(")")
        elif kind == "[":
            self.at += 1
            node = self.group("]")
        elif kind == "{":
            self.at += 1
            node = self.group("}")
        elif kind == "|":
            node = self.atom()
        else:
            negative = False
            while self.kind in ("-", "+"):
                negative ^= self.take().kind == "-"
            if self.kind == "func":
                factors = [self.factor()]
            else:
                factors = [self.factor()] if self.kind in _ARGUMENT or self.kind in ("(", "sqrt") else []
                while self.kind in _ARGUMENT:
                    factors.append(self.factor())
            if not factors:
                raise Unreadable(f"{self._here()} where a function's argument was expected")
            node = factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))
            node = Apply("neg", (node,)) if negative else node
        self.depth -= 1
        return node

    def _listed(self, name: str) -> Node:
        closer = {"(": ")", "\\{": "\\}", "{": "}", "[": "]"}.get(self.kind)
        if closer is None:
            raise Unreadable(f"{name} without arguments")
        self.at += 1
        inside = self.group(closer)
        args: tuple[Node, ...] = inside.args if isinstance(inside, Apply) and inside.head == "list" else (inside,)
        if name == "binom" and len(args) != 2:
            raise Unreadable("binom of other than two")
        if len(args) == 1:
            return args[0]
        return divisor(args) if name == "gcd" else multiple(args) if name == "lcm" else Apply(name, tuple(args))

    def _fraction(self, token: Token) -> Node:
        above = self._braced_or_digit()
        return Apply("div", (above, self._braced_or_digit()))

    def _choice(self, token: Token) -> Node:
        above = self._braced_or_digit()
        return Apply("binom", (above, self._braced_or_digit()))

    def _braced_or_digit(self) -> Node:
        r"""A brace group, or as LaTeX has it a single digit: `\frac12` is one half."""
        self.deeper()
        if self.accept("{"):
            node = self.group("}")
        elif self.kind == "num":
            token = self.tokens[self.at]
            if not token.value.isdigit():
                raise Unreadable("a decimal without braces in a fraction")
            node = Number(fmpq(int(token.value[0])))
            if len(token.value) > 1:
                self.tokens[self.at] = token._replace(value=token.value[1:], spaced=False)
            else:
                self.at += 1
        else:
            node = self.atom()
        self.depth -= 1
        return node

    def _root(self, token: Token) -> Node:
        degree: Node | None = None
        if self.kind == "[":
            self.at += 1
            degree = self.group("]")
        self.deeper()
        if self.accept("{"):
            node = self.group("}")
        elif self.accept("("):
            node = self.group(")")
        else:
            node = self.atom()
        self.depth -= 1
        if degree is None or (type(degree) is Number and degree.value == 2):
            return Apply("sqrt", (node,))
        return Apply("root", (node, degree))

    def _bars(self, token: Token) -> Node:
        self.bars += 1
        node = self.sum()
        self.bars -= 1
        self.expect(token.kind)
        return Apply("abs", (node,))

    def _floor(self, token: Token) -> Node:
        return Apply("floor", (self.group("rfloor"),))

    def _ceil(self, token: Token) -> Node:
        return Apply("ceil", (self.group("rceil"),))

    def _brace(self, token: Token) -> Node:
        return self.braces("}")

    def _set(self, token: Token) -> Node:
        return self.braces("\\}")

    def _bracket(self, token: Token) -> Node:
        return self.bracket(token.kind)

    def _money(self, token: Token) -> Node:
        return Apply("quantity", (self.term(), Text(currency(token))))

    def _series(self, token: Token) -> Node:
        """A sum or product with its variable and bounds; without them it stays an unknown function of its body."""
        low: Node | None = None
        high: Node | None = None
        while self.kind in ("_", "^"):
            if self.take().kind == "_":
                low = self.lower()
            else:
                high = self.exponent()
        if type(low) is Apply and low.head == "=" and high is not None:
            variable, first = low.args
            text = (
                variable.text
                if type(variable) is Name
                else variable.head
                if type(variable) is Apply and not variable.args
                else ""
            )
            if text:
                added = text not in self.bound
                self.bound.add(text)
                body = self.term()
                if added:
                    self.bound.discard(text)
                return Apply(token.kind, (body, Name(text), first, high))
        parts = [part for part in (low, high) if part is not None]
        return Apply("call", (Name(token.kind), self.term(), *parts))

    def _limit(self, token: Token) -> Node:
        parts: list[Node] = []
        while self.kind in ("_", "^"):
            self.at += 1
            parts.append(self.lower())
        return Apply("limit", (self.term(), *parts))

    def _integral(self, token: Token) -> Node:
        """A definite integral over a variable as body, variable and bounds; anything else keeps the parts as written."""
        bounds: dict[str, Node] = {}
        while self.kind in ("_", "^"):
            sign = self.take().kind
            bounds[sign] = self.lower() if sign == "_" else self.exponent()
        body = self.term()
        if len(bounds) == 2 and type(body) is Apply and body.head == "mul" and len(body.args) > 2:
            *factors, differential, variable = body.args
            if differential == Name("d") and type(variable) is Name:
                inside = factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))
                return Apply("integral", (inside, variable, bounds["_"], bounds["^"]))
        return Apply("integral", (body, *bounds.values()))

    def _boxed(self, token: Token) -> Node:
        self.expect("{")
        return self.group("}")

    def _environment(self, token: Token) -> Node:
        return self.environment()

    def _empty(self, token: Token) -> Node:
        return Apply("set")

    def _dots(self, token: Token) -> Node:
        return Apply("dots")


_RULES: dict[str, Callable[[AtomParser, Token], Node]] = {
    "num": AtomParser.numeral,
    "name": AtomParser._name,
    "const": AtomParser._constant,
    "func": AtomParser._function,
    "frac": AtomParser._fraction,
    "binom": AtomParser._choice,
    "sqrt": AtomParser._root,
    "|": AtomParser._bars,
    "||": AtomParser._bars,
    "lfloor": AtomParser._floor,
    "lceil": AtomParser._ceil,
    "{": AtomParser._brace,
    "\\{": AtomParser._set,
    "(": AtomParser._bracket,
    "[": AtomParser._bracket,
    "]": AtomParser._bracket,
    "money": AtomParser._money,
    "sum": AtomParser._series,
    "prod": AtomParser._series,
    "lim": AtomParser._limit,
    "int": AtomParser._integral,
    "angle": AccentParser.figure,
    "triangle": AccentParser.figure,
    "overline": AccentParser.figure,
    "underline": AccentParser.figure,
    "hat": AccentParser.figure,
    "font": AccentParser.font,
    "arrow": AccentParser.arrow,
    "mathbb": AccentParser.blackboard,
    "boxed": AtomParser._boxed,
    "begin": AtomParser._environment,
    "empty": AtomParser._empty,
    "...": AtomParser._dots,
    "U": lambda self, token: Name("U"),
}
