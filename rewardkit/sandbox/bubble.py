"""The command line of bubblewrap: what the sandbox sees of the machine, which is an interpreter and nothing else."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from rewardkit.errors import SandboxUnavailable
from rewardkit.sandbox import seccomp

__all__ = ["ENVIRONMENT", "PROGRAM", "command"]

PROGRAM = "REWARDKIT_SANDBOX"
ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LANG": "C.UTF-8", "PATH": "/nowhere", "HOME": "/"}
"""All of the environment; a fixed seed of hashes, so that a set of texts has one order in every run."""

_INSIDE = Path(__file__).with_name("inside.py")
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/etc/ld.so.cache")
_NAMESPACES = ("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")


def command(told: int) -> list[str]:
    """What starts a sandbox; bubblewrap writes the process id of its first process to the descriptor `told`.

    Raises `SandboxUnavailable` where bubblewrap is not installed.
    """
    python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    binds: list[str] = []
    for path in dict.fromkeys((*_LIBRARIES, f"{sys.base_prefix}/lib")):
        if os.path.islink(path):
            binds += ["--symlink", os.readlink(path), path]
        elif os.path.exists(path):
            binds += ["--ro-bind", path, path]
    return [
        *(_program(), *_NAMESPACES, "--uid", "65534", "--gid", "65534", "--hostname", "sandbox"),
        *("--cap-drop", "ALL", "--new-session", "--as-pid-1", "--info-fd", str(told), *binds),
        *("--ro-bind", python, python, "--ro-bind", str(_INSIDE), "/inside.py", "--dev-bind", "/dev/null", "/dev/null"),
        *("--remount-ro", "/", "--chdir", "/", python, "-S", "-s", "-B", "/inside.py", seccomp.program().hex()),
    ]


def _program() -> str:
    asked = os.environ.get(PROGRAM, "")
    found = shutil.which(asked or "bwrap")
    if not found or not sys.platform.startswith("linux"):
        raise SandboxUnavailable(f"{asked!r} of {PROGRAM} is no program" if asked else "the program bwrap is not on the PATH")
    return found
