"""Rules that keep the code safe and readable, read off its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from source_tree import MODULES, PACKAGE, ROOT, Module

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
ALLOWED |= {
    ("rewardkit.sandbox.inside", name): "runs inside of the sandbox only" for name in ("exec", "eval", "compile", "os.fork")
}


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


# A test that asserts wall time fails on a loaded machine and proves little on an idle one. Clocks of CPU time are no such.
WALL_CLOCKS = {"perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "default_timer"}
WALL_CLOCKS |= {"time.time", "time.time_ns", "loop.time", "get_running_loop().time", "datetime.now", "datetime.utcnow"}


def read_in(node: ast.AST) -> set[str]:
    """The names and attributes that a piece of code reads, attributes with what they are of as well."""
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    attributes = [one for one in ast.walk(node) if isinstance(one, ast.Attribute)]
    return (
        found | {one.attr for one in attributes} | {f"{ast.unparse(one.value).split('.')[-1]}.{one.attr}" for one in attributes}
    )


def filled(node: ast.AST) -> tuple[list[ast.expr], set[str]]:
    """From which values a statement fills which names; a function is filled with what it returns."""
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        return ([node.value] if node.value else []), names
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.args, {node.func.value.id} if node.func.attr in ("append", "extend", "add", "insert") else set()
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value], {node.name}
    return [], set()


def timed(tree: ast.Module) -> list[int]:
    """The lines whose assert compares a wall clock, or what has a value from one."""
    clocks, before = set(WALL_CLOCKS), set[str]()
    nodes = list(ast.walk(tree))
    while clocks != before:
        before = set(clocks)
        for values, names in map(filled, nodes):
            if any(read_in(value) & clocks for value in values):
                clocks |= names
    compared = [(node, one) for node in nodes if isinstance(node, ast.Assert) for one in ast.walk(node.test)]
    return sorted({node.lineno for node, one in compared if isinstance(one, ast.Compare) and read_in(one) & clocks})


@cache
def parsed() -> dict[str, ast.Module]:
    """Every file of the tests, parsed, by its path in them."""
    folder = ROOT / "tests"
    return {str(path.relative_to(folder)): ast.parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py"))}


def test_no_test_asserts_wall_time() -> None:
    assert len(parsed()) > 100, "the search itself has stopped working"
    found = [f"tests/{path}:{line}" for path, tree in parsed().items() for line in timed(tree)]
    assert not found, f"assert events, CPU time, or nothing but that it ends (tests/patience.py): {found}"


def test_no_wait_has_a_limit_of_its_own_that_a_busy_machine_meets() -> None:
    found = [
        f"tests/{path}:{node.value.lineno}"
        for path, tree in parsed().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "timeout"
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, (int, float)) and node.value.value >= 10
    ]
    assert not found, f"what only turns a hang into a failure is HANG_S or TEST_S of tests/patience.py: {found}"


def test_cpu_time_is_bounded_in_one_way() -> None:
    """One run's CPU time holds what neighbours and the garbage collector cost: `patience.least_cpu_s` asks several."""
    asking = [path for path, tree in parsed().items() if read_in(tree) & {"process_time", "thread_time"}]
    assert asking == ["answers/fuzz.py", "patience.py"]


@pytest.mark.parametrize(
    "text",
    [
        "assert time.perf_counter() - start < 3",
        "start = time.monotonic()\nassert start > 0",
        "took = time.time() - begun\nassert 1 <= took < 5, took",
        "def took():\n    start = perf_counter()\n    return perf_counter() - start\n\nassert min(took(), took()) < 1",
        "times = []\nfor _ in range(3):\n    times.append(monotonic_ns())\nassert max(times) < 9",
        "rows, spent = run(), time.monotonic()\nshare = spent / 2\nassert done and not share > 0.5",
        "while waits:\n    assert asyncio.get_running_loop().time() < end",
    ],
)
def test_the_search_finds_asserts_of_wall_time(text: str) -> None:
    assert len(timed(ast.parse(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "start = time.process_time()\nwork()\nassert time.process_time() - start < 3",
        "assert verdict.seconds > 0",
        "limit = time.monotonic() + HANG_S\nwhile not true():\n    if time.monotonic() > limit:\n        raise TimeoutError",
    ],
)
def test_the_search_leaves_cpu_time_and_bounds_of_hangs_alone(text: str) -> None:
    assert timed(ast.parse(text)) == []


def test_nothing_tells_to_install_a_name_of_the_index_that_is_not_ours() -> None:
    files = [
        path
        for folder in ("rewardkit", "docs", "examples")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".md")
    ]
    assert len(files) > 300, "the search itself has stopped working"
    told = re.compile(r"pip install\s+(?:-U\s+)?['\"]?rewardkit\b")
    assert [str(path) for path in [*files, ROOT / "README.md"] if told.search(path.read_text("utf-8"))] == []
