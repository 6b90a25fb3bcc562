"""Verifiers that misbehave as the completion tells them to; importable by worker processes."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import threading
import time
from pathlib import Path

from rewardkit.errors import MissingExtra
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict


def meet(parties: int, folder: Path | str) -> None:
    """Be seen in the folder, and stay there until so many have been."""
    folder = Path(folder)
    (folder / f"{os.getpid()}-{threading.get_ident()}").touch()
    while len(list(folder.iterdir())) < parties:
        time.sleep(0.005)


@verifier("hostile.act", requires=("answer",), isolated=True)
def act(sample: Sample, *, bonus: float = 0.0) -> Verdict | float | None:
    """Do what the completion says: `verb` or `verb:argument`."""
    verb, _, argument = sample.text.partition(":")
    if verb == "spin":
        if argument:
            meet(1, argument)
        while True:
            pass
    if verb == "meet":
        parties, _, folder = argument.partition(":")
        meet(int(parties), folder)
    if verb == "spin_locked":  # in C, with the interpreter locked
        if argument:
            meet(1, argument)
        re.match(r"(a+)+$", "a" * 60 + "b")
    if verb == "memory":
        return float(len([bytearray(1 << 20) for _ in range(1 << 14)]))
    if verb == "exit":
        os._exit(int(argument or 3))
    if verb == "abort":
        os.abort()
    if verb == "segv":
        ctypes.string_at(0)
    if verb == "sys_exit":
        sys.exit(1)
    if verb == "recurse":
        return act(sample, bonus=bonus)
    if verb == "raise":
        raise ValueError(argument)
    if verb == "needs":
        raise MissingExtra(argument, "judge", "this")
    if verb in ("die_once", "spin_once"):
        first = not Path(argument).exists()
        Path(argument).touch()
        if first and verb == "die_once":
            os._exit(1)
        while first:
            pass
    if verb == "print":
        sys.stdout.write("x" * 100_000)
        os.write(1, b"y" * 100)
    if verb == "sleep":
        time.sleep(float(argument))
    if verb == "work":
        end = time.perf_counter() + float(argument)
        while time.perf_counter() < end:
            pass
    if verb == "pid":
        return Verdict.scored(1.0, pid=os.getpid())
    if verb == "columns":
        return Verdict.scored(1.0, columns=dict(sample.columns), prompt=sample.prompt, ids=sample.completion_ids)
    if verb == "unwritable":
        return Verdict.scored(1.0, **{"big": 10**5000})
    if verb == "child":
        import subprocess

        Path(argument).write_text(str(subprocess.Popen(["sleep", "3600"]).pid))
        while True:
            pass
    return float(sample.text == sample.columns["answer"]) + bonus


@verifier("hostile.same")
def same(sample: Sample, *, seconds: float = 0.0) -> bool:
    """Compare after a fixed amount of work; not isolated."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    return sample.text == sample.columns["answer"]


@verifier("hostile.ids", scores=(0, 9))
def ids(sample: Sample) -> float:
    """Count token ids; not isolated."""
    return float(len(sample.completion_ids or ()))


_imported = False


@verifier("hostile.late", isolated=True)
def late(sample: Sample) -> float:
    """Take long on the first call, as one that imports something heavy."""
    global _imported
    if not _imported:
        time.sleep(0.6)
        _imported = True
    return 1.0


@verifier("hostile.spin")
def spin(sample: Sample) -> float:
    """Never end on "spin"; not isolated."""
    while sample.text == "spin":
        pass
    return 1.0
