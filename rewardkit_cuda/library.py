"""The native libraries, found and loaded by ctypes; `csrc/abi.h` is what this file mirrors."""

from __future__ import annotations

import ctypes
import functools
import os
from pathlib import Path

__all__ = ["Args", "Library", "LibraryMissing", "cuda", "host"]

VERSION = 2
FOLDER = Path(__file__).parent
CUDA_NAME, HOST_NAME = "librewardkit_cuda.so", "librewardkit_host.so"
OVERRIDE = "REWARDKIT_CUDA_LIB"


class LibraryMissing(RuntimeError):
    """A native library is not built, does not load, or is of another version; the text says which and what to do."""


class Args(ctypes.Structure):
    """`struct RkArgs`."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in ("struct_bytes", "batch", "functions", "group_size", "groups", "columns")),
        ("total_tokens", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("rewards", "weights", "order", "offsets", "mask", "cu_seqlens")),
        *((name, ctypes.c_void_p) for name in ("advantages", "tokens", "mean", "deviation", "degenerate", "scored", "kept")),
        ("workspace", ctypes.c_void_p),
        *((name, ctypes.c_double) for name in ("eps", "tol", "clip")),
        *((name, ctypes.c_int32) for name in ("estimator", "scale", "ddof", "mask_type", "token_type", "reserved")),
    ]


class Library:
    """One loaded library.

    Raises:
        LibraryMissing: it is not there, does not load, or speaks another version of the ABI.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            message = f"{path} does not exist. Build it with `python -m rewardkit_cuda.build` where "
            message += "a C++ compiler is." if path.name == HOST_NAME else f"nvcc is, or set {OVERRIDE} to one that is built."
            raise LibraryMissing(message)
        try:
            loaded = ctypes.CDLL(str(path))
            version = int(loaded.rewardkit_version())
        except (OSError, AttributeError) as error:
            message = f"{path} does not load: {error}. Build it again with `python -m rewardkit_cuda.build`."
            raise LibraryMissing(message) from error
        if version != VERSION:
            message = f"{path} has version {version}, not {VERSION}. Build it again with `python -m rewardkit_cuda.build`."
            raise LibraryMissing(message)
        self._loaded = loaded
        loaded.rewardkit_error_string.restype = ctypes.c_char_p
        loaded.rewardkit_workspace_doubles.restype = ctypes.c_int64
        loaded.rewardkit_workspace_doubles.argtypes = [ctypes.POINTER(Args)]
        for call in (loaded.rewardkit_group_advantages, loaded.rewardkit_spread_tokens):
            call.argtypes = [ctypes.POINTER(Args), ctypes.c_void_p]

    def device_count(self) -> int:
        """Devices that the library can run on; 0 without a driver."""
        return int(self._loaded.rewardkit_device_count())

    def workspace_doubles(self, args: Args) -> int:
        """How many float64 the call needs beside what it returns."""
        return int(self._loaded.rewardkit_workspace_doubles(args))

    def group_advantages(self, args: Args, stream: int = 0) -> None:
        """Launch on a stream, without waiting.

        Raises:
            ValueError: an argument is wrong.
            RuntimeError: CUDA says no.
        """
        self._check("group_advantages", self._loaded.rewardkit_group_advantages(args, stream))

    def spread_tokens(self, args: Args, stream: int = 0) -> None:
        """The token tensor alone; raises as `group_advantages` does."""
        self._check("spread_tokens", self._loaded.rewardkit_spread_tokens(args, stream))

    def _check(self, call: str, status: int) -> None:
        if status == 0:
            return
        words = self._loaded.rewardkit_error_string(status).decode()
        if status >= 1000:
            raise RuntimeError(f"rewardkit::{call}: CUDA error {status - 1000}: {words}")
        raise ValueError(f"rewardkit::{call}: {words} (status {status})")


@functools.lru_cache(maxsize=4)
def _loaded(path: str) -> Library:
    return Library(Path(path))


def cuda() -> Library:
    """The CUDA library: the file that REWARDKIT_CUDA_LIB names, else the one in this folder."""
    return _loaded(os.environ.get(OVERRIDE) or _CUDA_PATH)


def host() -> Library:
    """The same code for the CPU."""
    return _loaded(_HOST_PATH)


_CUDA_PATH, _HOST_PATH = str(FOLDER / CUDA_NAME), str(FOLDER / HOST_NAME)
