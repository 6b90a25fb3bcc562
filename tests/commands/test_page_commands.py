"""Every command of every page of the guide and the trainers: run here, by the test that is named, or marked with what it needs.

page_commands.csv has a row for each, by what it begins with. `run` is run here in a folder with the files that pages speak of and
a judge that answers, and `what` is its exit status; `usage` is looked up in the program's help; `offline` is run without a
network and must say `what`; `extra` is a name in pyproject.toml; `test` names the test that runs it or the interface it is for;
`needs` is what is not to be had here; `text` is no command. The commands in docs/trainers/index.md are those of
tests/adapters/trainers.csv.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_program import call_here
from patience import HANG_S

HERE = Path(__file__).parent
TESTS, ROOT = HERE.parent, HERE.parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(TESTS / "judges"))

from fake import control  # noqa: E402
from servers import Seen, Server, Writer, completion, send  # noqa: E402

from rewardkit.judges.client import Request  # noqa: E402

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"\s+#\s.*$")
CONTINUED = re.compile(r"\\\n\s*|\n {12,}")


def commands(page: Path) -> Iterator[str]:
    """The commands of a page, each on one line; of a session what is typed."""
    for language, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language not in ("", "console"):
            continue
        lines = CONTINUED.sub(" ", block).splitlines()
        for line in [line[2:] for line in lines if line.startswith("$ ")] or lines:
            if line.strip():
                yield COMMENT.sub("", line.strip())


PAGES = sorted(page for folder in ("guide", "trainers") for page in (DOCS / folder).glob("*.md") if page.name != "index.md")
FOUND = [(page.relative_to(DOCS).as_posix(), command) for page in PAGES for command in commands(page)]
with (HERE / "page_commands.csv").open(encoding="utf-8", newline="") as source:
    TABLE = list(csv.DictReader(source))


def row_of(page: str, command: str) -> dict[str, str]:
    """The first row for a command."""
    found = [row for row in TABLE if row["page"] == page and command.startswith(row["begins"])]
    assert found, f"say in page_commands.csv how {page} shows that this works: {command}"
    return found[0]


def of_kind(kind: str) -> list[tuple[str, str, str]]:
    rows = [(page, command, row_of(page, command)) for page, command in FOUND]
    return [(page, command, row["what"]) for page, command, row in rows if row["how"] == kind]


def named(cases: list[tuple[str, str, str]]) -> list[object]:
    return [pytest.param(*case, id=f"{case[0]}: {case[1][:40]}") for case in cases]


def test_every_row_of_the_table_is_a_command_of_its_page() -> None:
    used = {(page, row_of(page, command)["begins"]) for page, command in FOUND}
    assert {(row["page"], row["begins"]) for row in TABLE} == used


@pytest.mark.parametrize(("page", "command", "what"), named(of_kind("test")))
def test_the_test_that_is_named_is_there(page: str, command: str, what: str) -> None:
    file, _, name = what.partition("::")
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("page", "command", "what"), named(of_kind("extra")))
def test_the_extra_is_there(page: str, command: str, what: str) -> None:
    assert f"[{what}]" in command
    assert re.search(rf"^{what} = \[", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("page", "command", "what"), named(of_kind("needs")))
def test_what_cannot_be_run_here(page: str, command: str, what: str) -> None:
    pytest.skip(f"needs {what}")


@pytest.mark.parametrize(("page", "command", "what"), named(of_kind("usage")))
def test_a_synopsis_has_only_options_of_the_program(page: str, command: str, what: str) -> None:
    verbs = [word for word in command.split()[1:3] if word.isalpha() or "-" in word.strip("-[]")]
    verb = [verbs[0], "check"] if verbs[0] == "rubric" else verbs[:1]
    done = call_here(*verb, "--help")
    assert done.returncode == 0
    assert set(re.findall(r"--[\w-]+", command)) <= set(re.findall(r"--[\w-]+", done.stdout))


ROWS = [
    {"prompt": "Capital of Australia?", "answer": "Canberra, ACT", "completion": "canberra", "label": True, "category": "llm"},
    {"prompt": "2 + 2?", "answer": "4", "completion": "5", "label": False, "category": "rule_based"},
    {"prompt": "Capital of Peru?", "answer": "Lima, Peru", "completion": "It is Lima.", "label": True, "category": "llm"},
    {"prompt": "Who wrote it?", "answer": "Mary Shelley", "completion": "Percy, her man", "label": False, "category": "llm"},
]


async def judges(seen: Seen, writer: Writer) -> None:
    """Knows controls for what they are, and accepts rows that say where it is."""
    request = Request(tuple(seen.body["messages"]))
    right = control(request)
    right = "Canberra" in seen.text or "Lima" in seen.text if right is None else right
    sure = [{"token": word, "logprob": 0.0 if right is (word == "yes") else -9.0} for word in ("yes", "no")]
    said = {**next(one for one in sure if one["logprob"] == 0.0), "top_logprobs": sure}
    await send(writer, completion(str(said["token"]), logprobs={"content": [said]}))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(judges) as judge:
        yield judge


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the pages speak of, as `rewardkit` and `python` of this environment see it."""
    made = [{"id": place, "reward": row["category"], **row} for place, row in enumerate(ROWS)]
    for name in ("rollouts.jsonl", "outputs.jsonl", "train.jsonl"):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in made))
    labelled = [{**row, "prompt": f"{place}: {row['prompt']}"} for place in range(LABELLED // len(ROWS)) for row in ROWS]
    (tmp_path / "labelled.jsonl").write_text("".join(json.dumps(row) + "\n" for row in labelled))
    shutil.copy(ROOT / "rewardkit" / "judges" / "kinds" / "templates" / "binary.txt", tmp_path / "mine.txt")
    return tmp_path


LABELLED = 120  # a calibration wants a hundred


def write_table(folder: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    from pyarrow import Table

    rows = [{"gold": row["answer"], "question": row["prompt"]} for row in ROWS]
    parquet.write_table(Table.from_pylist(rows), folder / "train.parquet")


def program(folder: Path, server: Server, text: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `rewardkit …` with the page's addresses turned into the server's."""
    words = shlex.split(re.sub(r"http://127\.0\.0\.1:800\d/v1", f"{server.url}/v1#judge", text))
    arguments = [path for word in words for path in (sorted(map(str, folder.glob(word))) if "*" in word else [word])]
    few = ["--attacks", "1"] if "bench-judge" in arguments else []  # of each family, where the page has all of them
    command = [sys.executable, "-m", "rewardkit", *arguments, *few]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, timeout=HANG_S, env={**os.environ, "PYTHONPATH": str(ROOT), **env}
    )


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command", "what"), named(of_kind("run")))
def test_a_command_runs(page: str, command: str, what: str, folder: Path, server: Server) -> None:
    if command.startswith("FILE=$(python -c"):
        code = shlex.split(command[len("FILE=$(python -c ") : -1])[0]
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=HANG_S, cwd=ROOT)
        assert Path(done.stdout.strip()).is_file()
        return
    if "runs/" in command:
        (folder / "runs").mkdir()
        program(folder, server, "score outputs.jsonl -o verdicts.jsonl --trace runs/trace-0.jsonl")
    if "train.parquet" in command:
        write_table(folder)
    if "last-week.jsonl" in command:
        before = program(folder, server, f"{re.search('bench-judge.*--kind soft', command)[0]} --rows last-week.jsonl")  # type: ignore[index]
        assert before.returncode == 0, before.stderr
    text, _, pipe = command.removeprefix("rewardkit ").partition(" | ")
    done = program(folder, server, text)
    assert done.returncode == int(what), done.stderr
    assert "Traceback" not in done.stderr
    for name in re.findall(r"(?:-o|--rows|--report|--calibrate|--judge-cache) (\S+)", text):
        assert (folder / name).stat().st_size
    if pipe and shutil.which("jq"):
        filtered = subprocess.run(shlex.split(pipe), input=done.stdout, capture_output=True, text=True, timeout=HANG_S)
        assert filtered.returncode == 0, filtered.stderr
    if pipe:
        assert all("usable" in json.loads(line) for line in done.stdout.splitlines() if "row" in json.loads(line))


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command", "what"), named(of_kind("offline")))
def test_a_command_that_fetches_says_what_it_could_not(page: str, command: str, what: str, folder: Path, server: Server) -> None:
    done = program(folder, server, command.removeprefix("rewardkit "), HF_HUB_OFFLINE="1", HF_HOME=str(folder / "none"))
    assert (done.returncode, what in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr
