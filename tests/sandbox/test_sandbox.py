"""The sandbox by itself: what a run can do, what it cannot, and what is left of it, which is nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import HANG_S, wait_until
from sandboxed import needs_sandbox

from rewardkit.errors import SandboxUnavailable
from rewardkit.sandbox import Call, End, Limits, Outcome, Program, Sandboxes

ROOT = Path(__file__).parents[2]
CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "outcomes.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def pool() -> Iterator[Sandboxes]:
    with Sandboxes(2) as sandboxes:
        yield sandboxes


def outcomes(pool: Sandboxes, code: str, *calls: Call, limits: Limits | None = None) -> list[Outcome]:
    """What the tests of one run came to; the run must end as it should."""
    heard: list[Outcome] = []

    def hear() -> bool:
        heard.clear()
        return True

    program = Program(code, limits or Limits())
    assert pool.run(program, lambda: iter(calls), lambda: hear() and (lambda outcome: heard.append(outcome) or True))
    return heard


def printed(pool: Sandboxes, code: str) -> str:
    (outcome,) = outcomes(pool, code, Call(""))
    assert outcome.end is End.WELL, outcome
    return outcome.output.decode()


@needs_sandbox
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_outcomes(pool: Sandboxes, case: dict[str, object]) -> None:
    limits = Limits(cpu_s=1, wall_s=2.0, memory_mb=128, output_mb=1)
    call = Call(str(case.get("input", "")), case.get("call"))  # type: ignore[arg-type]
    (outcome,) = outcomes(pool, str(case["code"]), call, limits=limits)
    assert outcome.end is End[str(case["end"])], outcome
    for name in ("output", "value"):
        if name in case:
            assert getattr(outcome, name).decode() == case[name], case["why"]
    assert str(case.get("problem", "")) in outcome.problem


@needs_sandbox
@pytest.mark.parametrize(
    "expression",
    [
        "os.fork()",
        "os.execv(sys.executable, [sys.executable])",
        "os.posix_spawn(sys.executable, [sys.executable], {})",
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 80), 1)",
        "open('/x', 'w')",
        "open('/dev/null/x', 'w')",
        "open('/inside.py', 'a')",
        "os.mkdir('/tmp')",
        "os.listdir('/proc')",
        "os.listdir('/home')",
        "os.listdir('/root/.ssh')",
        "os.listdir('/sys')",
        "open('/etc/passwd')",
        "os.memfd_create('x')",
        "os.setpriority(os.PRIO_PROCESS, 0, 1)",
        "os.chroot('/')",
        "os.sethostname('x')" if hasattr(os, "sethostname") else "os.chroot('/')",
        "resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000))",
        "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
        "os.kill(os.getppid() + 5, 9)",
        "os.pidfd_open(1)",
        "os.setuid(0)",
        "os.open('/proc/1/mem', os.O_RDONLY)",
    ],
)
def test_what_code_cannot_do(pool: Sandboxes, expression: str) -> None:
    code = f"import os, sys, socket, resource, subprocess\ntry:\n    {expression}\nexcept Exception as e:\n    print('refused')"
    assert printed(pool, code) == "refused\n"


@needs_sandbox
def test_what_code_sees_of_the_machine(pool: Sandboxes) -> None:
    code = "import os; print(*os.listdir('/')); print(*os.environ); print(os.getuid(), os.getcwd(), os.uname().nodename)"
    folders, environment, rest = printed(pool, code).splitlines()
    assert not {"home", "tmp", "proc", "sys", "var", "mnt", "srv", "run"} & set(folders.split())
    assert set(environment.split()) <= {"PYTHONHASHSEED", "PYTHONUTF8", "LANG", "LC_CTYPE", "PATH", "HOME", "PWD"}
    assert rest == "65534 / sandbox"


@needs_sandbox
def test_the_descriptors_of_a_test_are_its_own_four(pool: Sandboxes) -> None:
    code = """
        import os
        for number in range(64):
            try:
                os.fstat(number)
                print(number)
            except OSError:
                pass
    """
    assert printed(pool, textwrap.dedent(code)).split() == ["0", "1", "2", "3"]


@needs_sandbox
def test_nothing_is_left_for_the_next_test_or_run(pool: Sandboxes) -> None:
    code = "import builtins, sys\nprint(getattr(builtins, 'mark', 'clean'))\nbuiltins.mark = sys.mark = 'left'"
    assert [o.output for o in outcomes(pool, code, Call(""), Call(""))] == [b"clean\n"] * 2
    assert printed(pool, code) == "clean\n"


@needs_sandbox
def test_the_same_code_puts_out_the_same(pool: Sandboxes) -> None:
    code = "import random\nprint(random.random(), list({'a', 'b', 'c', 'd', 'e'}))"
    assert len({printed(pool, code) for _ in range(4)}) == 1


@needs_sandbox
def test_a_killed_sandbox_is_replaced_and_the_run_done_again() -> None:
    with Sandboxes(1) as pool:
        assert printed(pool, "print(1)") == "1\n"
        os.kill(pool.pids[0], signal.SIGKILL)
        wait_until(lambda: not pool.pids)
        assert printed(pool, "print(2)") == "2\n"


@needs_sandbox
def test_a_sandbox_killed_in_the_middle_of_a_run_costs_a_try() -> None:
    with Sandboxes(1) as pool:
        tries: list[int] = []

        def calls() -> Iterator[Call]:
            tries.append(1)
            yield Call("")
            if len(tries) == 1:
                (runner,) = pool._everyone
                assert runner.first is not None
                signal.pidfd_send_signal(runner.first, signal.SIGKILL)
            yield Call("")

        heard: list[bytes] = []
        assert pool.run(Program("print(7)"), calls, lambda: lambda outcome: heard.append(outcome.output) or True)
        assert len(tries) == 2
        assert heard[-2:] == [b"7\n", b"7\n"]


@needs_sandbox
def test_a_sandbox_lost_twice_is_no_run() -> None:
    with Sandboxes(1) as pool:

        def calls() -> Iterator[Call]:
            for runner in pool._everyone:
                if runner.first is not None:
                    signal.pidfd_send_signal(runner.first, signal.SIGKILL)
            yield Call("")

        assert not pool.run(Program("print(7)"), calls, lambda: lambda outcome: True)
        assert printed(pool, "print(2)") == "2\n"


def descendants() -> set[int]:
    """Processes that are ours, of any generation."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found, todo = set[int](), [os.getpid()]
    while todo:
        mine = children.get(todo.pop(), [])
        found.update(mine)
        todo += mine
    return found


def belongings() -> tuple[int, int]:
    """Descriptors and mounts of this process."""
    return len(os.listdir("/proc/self/fd")), len(Path("/proc/self/mountinfo").read_text().splitlines())


@needs_sandbox
def test_nothing_is_left_of_many_runs() -> None:
    before, processes = belongings(), descendants()
    with Sandboxes(2) as pool:
        threads = [threading.Thread(target=lambda: [printed(pool, f"print({i})") for i in range(40)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(HANG_S)
        assert len(pool.pids) <= 2
    assert belongings() == before
    assert descendants() <= processes


@needs_sandbox
def test_a_sandbox_ends_with_its_owner() -> None:
    code = """
        import os, signal
        from rewardkit.sandbox import Call, Program, Sandboxes
        pool = Sandboxes(1)
        pool.run(Program(""), lambda: iter([Call("")]), lambda: lambda outcome: True)
        print(pool.pids[0], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, cwd=ROOT, timeout=HANG_S)
    pid = int(done.stdout)
    wait_until(lambda: not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text())


@needs_sandbox
def test_a_forked_child_has_a_pool_of_its_own() -> None:
    code = """
        import os
        from rewardkit.sandbox import Call, Program, shared
        def once():
            heard = []
            hear = lambda: lambda outcome: heard.append(outcome.output) or True
            shared().run(Program("print(1)"), lambda: iter([Call("")]), hear)
            return heard
        once()
        pid = os.fork()
        assert once() == [b"1\\n"]
        if pid:
            assert os.waitpid(pid, 0)[1] == 0
            assert once() == [b"1\\n"]
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, cwd=ROOT, timeout=HANG_S)


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with Sandboxes(1) as pool, pytest.raises(SandboxUnavailable, match=r"bwrap is not on the PATH.*apt-get install bubblewrap"):
        outcomes(pool, "print(1)", Call(""))


def test_a_program_that_starts_no_sandbox_is_named_with_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = belongings()
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho no user namespaces here >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("REWARDKIT_SANDBOX", str(program))
    with Sandboxes(1) as pool, pytest.raises(SandboxUnavailable, match="no user namespaces here"):
        outcomes(pool, "print(1)", Call(""))
    monkeypatch.setenv("REWARDKIT_SANDBOX", str(tmp_path / "none"))
    with Sandboxes(1) as pool, pytest.raises(SandboxUnavailable, match="REWARDKIT_SANDBOX is no program"):
        outcomes(pool, "print(1)", Call(""))
    assert belongings() == before


@needs_sandbox
def test_where_namespaces_do_not_nest_a_sandbox_serves_one_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "flat"
    program.write_text(f'#!/bin/sh\nexec {shutil.which("bwrap")} --disable-userns "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("REWARDKIT_SANDBOX", str(program))
    with Sandboxes(1) as pool:
        try:
            assert printed(pool, "print(1)") == "1\n"
        except SandboxUnavailable as cause:
            pytest.skip(f"this bubblewrap cannot forbid namespaces: {cause}")
        assert not pool.pids
        assert [o.end for o in outcomes(pool, "import os\nos.fork()", Call(""), Call(""))] == [End.BADLY] * 2
        assert printed(pool, "import os\nos.kill(os.getppid(), 2)\nprint(2)") == "2\n"


@needs_sandbox
def test_an_ordinary_user_has_sandboxes_too() -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if os.geteuid() != 0 or python is None:
        pytest.skip("these tests are run by an ordinary user, or no interpreter is there that one may read")
    code = "import sys; assert sys.version_info >= (3, 10); from rewardkit.sandbox import *; heard = []; "
    code += "hear = lambda: lambda o: heard.append((o.end.name, o.output)) or True\n"
    code += "print(shared().run(Program('print(6 * 7)'), lambda: iter([Call('')]), hear), heard)"
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(ROOT / "rewardkit", Path(folder) / "rewardkit", ignore=shutil.ignore_patterns("__pycache__"))
        command = [python, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=HANG_S, user=65534, group=65534)
    if "version_info" in done.stderr:
        pytest.skip("the interpreter that an ordinary user may read is too old")
    assert done.stdout == "True [('WELL', b'42\\n')]\n", done.stderr
