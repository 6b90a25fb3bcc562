"""Rules that keep the code safe and readable, read off its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from source_tree import MODULES, PACKAGE, Module

from rewardkit.types import OUTCOMES, Status

MAX_LINES = 400

# Text of a model must never become code, and a library must not take the process's signals or fork beside CUDA.
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "parse_latex", "nsimplify"}
FORBIDDEN_NAMES = {
    *("os.system", "os.popen", "os.fork", "os.forkpty"),
    *("signal.alarm", "signal.setitimer", "signal.signal", "sympy.S", "numpy.load", "torch.load", "yaml.load"),
}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}

# Where a forbidden name may stand, and why.
ALLOWED = {("rewardkit.testing", "pickle"): "its contract is that verifiers survive what trainers do to them"}


def forbidden(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in FORBIDDEN_MODULES)
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names} | {alias.name for alias in node.names}
            yield from ((node.lineno, name) for name in names & (FORBIDDEN_NAMES | FORBIDDEN_CALLS))
            if node.module in FORBIDDEN_MODULES:
                yield node.lineno, str(node.module)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in FORBIDDEN_NAMES:
                yield node.lineno, f"{node.value.id}.{node.attr}"
            elif node.attr in FORBIDDEN_CALLS - {"compile"}:
                yield node.lineno, node.attr
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
                yield node.lineno, node.func.id
            shell = [word.value for word in node.keywords if word.arg == "shell"]
            if any(not (isinstance(value, ast.Constant) and value.value is False) for value in shell):
                yield node.lineno, "shell=True"


def test_nothing_evaluates_text_unpickles_forks_or_takes_signals() -> None:
    pairs = [(module, line, name) for module in MODULES for line, name in forbidden(module)]
    found = [f"{module.where(line)}: {name}" for module, line, name in pairs if (module.name, name) not in ALLOWED]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "eval(text)",
        "__import__('os')",
        "sympy.sympify(text)",
        "from sympy import sympify as read",
        "sympy.parsing.sympy_parser.parse_expr(text)",
        "import pickle",
        "from pickle import loads",
        "os.system(text)",
        "from os import fork",
        "signal.alarm(5)",
        "subprocess.run(text, shell=True)",
        "subprocess.run(text, shell=wanted)",
    ],
)
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert list(forbidden(Module(PACKAGE, ast.parse(line), 1)))


def test_no_file_is_too_long() -> None:
    long = [f"{module.where(module.lines)}" for module in MODULES if module.lines > MAX_LINES]
    assert not long, f"over {MAX_LINES} lines, split by meaning: {long}"


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def test_everything_public_says_what_it_is() -> None:
    silent = [module.where(1) for module in MODULES if module.tree.body and not ast.get_docstring(module.tree)]
    silent += [
        f"{module.where(node.lineno)}: {node.name}"
        for module in MODULES
        for node in public(module.tree.body)
        if not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)


def literals(node: ast.expr | None) -> Iterator[str]:
    """The strings an expression may have as its value, as far as they are written there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from literals(value)


def reasons(module: Module) -> Iterator[tuple[int, str, Status | None]]:
    """Every reason written into a verdict, and the status that is written with it."""
    makers = {"Verdict": (2, "")}
    makers |= {f"Verdict.{status.name.lower()}": (int(status is Status.SCORED), status.name) for status in Status}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or (maker := ast.unparse(node.func)) not in makers:
            continue
        place, known = makers[maker]
        if len(node.args) > place:
            name = known or ast.unparse(node.args[1]).removeprefix("Status.")
            status = Status[name] if name in Status.__members__ else None
            yield from ((node.lineno, reason, status) for reason in literals(node.args[place]))


def test_every_reason_is_an_outcome_with_its_status() -> None:
    found = [(module.where(line), reason, status) for module in MODULES for line, reason, status in reasons(module)]
    assert len(found) > 20, "the search itself has stopped working"
    wrong = [entry for entry in found if entry[1] not in OUTCOMES or entry[2] not in (None, OUTCOMES[entry[1]][0])]
    assert not wrong, "\n".join(map(str, wrong))
