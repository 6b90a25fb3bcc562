"""How things are spelled: LaTeX commands and words, as tables that are read once.

A line `kind value <- a b c` gives the spellings a, b and c the token kind and value.
"""

from __future__ import annotations

from rewardkit.answers.tree import FUNCTIONS

__all__ = ["COMMANDS", "ESCAPES", "OPERATORS", "PROSE", "WORDS"]

_COMMAND_TABLE = r"""
frac <- frac dfrac tfrac cfrac nicefrac sfrac
binom <- binom dbinom tbinom
sqrt <- sqrt
boxed <- boxed fbox
begin <- begin
end <- end
sum <- sum
prod <- prod
int <- int
lim <- lim
angle <- angle measuredangle
triangle <- triangle
overline <- overline bar
dot <- dot
ddot <- ddot
tilde <- tilde widetilde
arrow <- vec overrightarrow overleftrightarrow
underline <- underline
hat <- hat widehat
font <- mathbf boldsymbol mathcal mathfrak mathsf bm variable
mathbb <- mathbb
pmod <- pmod
mod <- bmod mod
over <- over
choose <- choose
* <- cdot times ast bullet star
/ <- div
pm <- pm
mp <- mp
= <- gets coloneqq
<= <- le leq leqslant leqq
>= <- ge geq geqslant geqq
< <- lt
> <- gt
!= <- ne neq
~ <- approx sim simeq thickapprox doteq approxeq
=> <- Rightarrow implies Longrightarrow therefore iff Leftrightarrow
to <- to rightarrow mapsto longrightarrow
equiv <- equiv
perp <- perp
parallel <- parallel
in <- in
notin <- notin
subset <- subset subseteq
supset <- supset supseteq
cup <- cup
cap <- cap
minus <- setminus backslash smallsetminus
empty <- emptyset varnothing
or <- vee lor
and <- wedge land
mid <- mid
: <- colon
... <- ldots cdots dots vdots ddots dotsc dotsb
deg <- circ textcirc degree textdegree
| <- vert lvert rvert
|| <- Vert lVert rVert
lfloor <- lfloor
rfloor <- rfloor
lceil <- lceil
rceil <- rceil
langle <- langle
rangle <- rangle
[ <- lbrack
] <- rbrack
\{ <- lbrace
\} <- rbrace
' <- prime
% <- percent
\\ <- newline cr
text Ω <- ohm
const pi <- pi
const inf <- infty infin
const e <- exponentialE e
const i <- imaginaryI imath
name phi <- varphi
name epsilon <- varepsilon
name theta <- vartheta
name Gamma <- Gamma
func max <- max
func min <- min
func gcd <- gcd
func lcm <- lcm
func floor <- floor
func ceil <- ceil
func tan <- tg
func cot <- ctg
func arctan <- arctg
func csc <- cosec
func sgn <- sign
func re <- Re
func im <- Im
func arcsinh <- asinh
"""
_WORD_TABLE = """
func max <- max
func min <- min
func gcd <- gcd
func lcm <- lcm
func floor <- floor
func ceil <- ceil
func abs <- abs
func fact <- factorial
func cbrt <- cbrt
func binom <- binom binomial
func arcsin <- asin
func arccos <- acos
func arctan <- atan arctg
func arcsinh <- asinh
func tan <- tg
func cot <- ctg
func sgn <- sign
sqrt <- sqrt
const pi <- pi Pi
const inf <- oo inf infinity infty Infinity
and and <- and
or or <- or
cup <- union
U U <- U
mod <- mod
pmod <- pmod
% <- percent percentage pct
+ <- plus
"""


def _table(lines: str, prefix: str = "") -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for line in lines.strip().splitlines():
        left, _, right = line.partition(" <- ")
        kind, _, value = left.partition(" ")
        found |= {prefix + word: (kind, value) for word in right.split()}
    return found


COMMANDS = {f"\\{name}": ("func", name) for name in FUNCTIONS} | _table(_COMMAND_TABLE, "\\")
WORDS = {name: ("func", name) for name in FUNCTIONS - {"arg", "re", "im"}} | _table(_WORD_TABLE)
ESCAPES = dict(
    pair.split("\t")
    for pair in (r"\{	\{", r"\}	\}", "\\%\t%", "\\$\tmoney", "\\&\t&", "\\|\t||", "\\\\\t\\\\", "\\#\t#", "\\_\t_")
)
OPERATORS = {"**": "^", "==": "=", "<>": "!=", "->": "to", "…": "...", **dict.fromkeys("$€£¥₹₩₽₴₺₫₪₱¢", "money")}

_PROSE_WORDS = """
the is are was of to any all not no yes odd one two six ten day per for if as at by it its on an be so let has can with when where
she her his him our you how who why out now had did may say too use new but get got he we
"""
PROSE = frozenset(_PROSE_WORDS.split())
