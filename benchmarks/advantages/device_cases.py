"""A few calls of each kernel through the C ABI, in memory of exactly their size, against the host build's bits; without torch.

`python benchmarks/advantages/device_cases.py cuda` on a GPU, so that compute-sanitizer sees nothing but our kernels and starts
fast; `… cpu` on the emulator of tests/cuda.
"""

from __future__ import annotations

import ctypes
import itertools
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "cuda")]

from rewardkit_cuda import build, library  # noqa: E402

Array = np.ndarray[Any, Any]
ESTIMATORS = {"grpo": 0, "rloo": 1, "gdpo": 2, "reinforce_pp": 3, "maxrl": 4}
MASKS = {1: np.uint8, 2: np.float32, 3: np.int32, 4: np.int64}
TOKENS = {0: np.float32, 1: np.uint16}


class Host:
    """Memory as it is."""

    def put(self, array: Array) -> int:
        self.kept = [*getattr(self, "kept", []), array]
        return int(array.ctypes.data)

    def get(self, address: int, into: Array) -> None:
        ctypes.memmove(into.ctypes.data, address, into.nbytes)

    def free(self) -> None:
        self.kept = []


class Device:
    """Memory of the first GPU, by the driver's own calls."""

    def __init__(self) -> None:
        self.driver, self.taken = ctypes.CDLL("libcuda.so.1"), []
        device, context = ctypes.c_int(), ctypes.c_void_p()
        self._call("cuInit", 0)
        self._call("cuDeviceGet", ctypes.byref(device), 0)
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self._call("cuCtxSetCurrent", context)

    def _call(self, name: str, *arguments: object) -> None:
        if status := getattr(self.driver, name)(*arguments):
            raise RuntimeError(f"{name} gives {status}")

    def put(self, array: Array) -> int:
        address = ctypes.c_uint64()
        self._call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(max(array.nbytes, 1)))
        self.taken.append(address)
        self._call("cuMemcpyHtoD_v2", address, ctypes.c_void_p(array.ctypes.data), ctypes.c_size_t(array.nbytes))
        return address.value

    def get(self, address: int, into: Array) -> None:
        self._call("cuCtxSynchronize")
        self._call("cuMemcpyDtoH_v2", ctypes.c_void_p(into.ctypes.data), ctypes.c_uint64(address), ctypes.c_size_t(into.nbytes))

    def free(self) -> None:
        for address in self.taken:
            self._call("cuMemFree_v2", address)
        self.taken = []


def call(on: library.Library, memory: Host | Device, inputs: dict[str, Array], off: int, **numbers: int) -> dict[str, Array]:
    """One call, and all that it gives. The mask stands `off` elements off its boundary."""
    rows, functions = inputs["rewards"].shape
    groups = rows // numbers["group_size"] if numbers["group_size"] else len(inputs["offsets"]) - 1
    args = library.Args(ctypes.sizeof(library.Args), rows, functions, groups=groups, **numbers)
    args.eps, args.tol, args.clip, args.ddof = 1e-4, 1e-6, float("inf"), 1
    of_rows = {"advantages": np.float32, "scored": np.uint8, "kept": np.uint8}
    of_groups = {"mean": np.float32, "deviation": np.float32, "degenerate": np.uint8}
    outputs = {name: np.full(rows, 85, dtype) for name, dtype in of_rows.items()}
    outputs |= {name: np.full(groups, 85, dtype) for name, dtype in of_groups.items()}
    outputs["tokens"] = np.full(numbers["total_tokens"], 85, TOKENS[numbers["token_type"]])
    for name, array in inputs.items():
        setattr(args, name, memory.put(array) + (off * array.itemsize if name == "mask" else 0))
    addresses = {name: memory.put(array) for name, array in outputs.items()}
    for name, address in addresses.items():
        setattr(args, name, address)
    if doubles := on.workspace_doubles(args):
        args.workspace = memory.put(np.full(doubles, np.nan))
    on.group_advantages(args)
    for name, array in outputs.items():
        memory.get(addresses[name], array)
    memory.free()
    return outputs


def cases() -> list[tuple[str, dict[str, Array], int, dict[str, int]]]:
    """Every kernel and mask, lengths that are no multiple of anything, groups by size and by offsets."""
    dice = np.random.default_rng(0)
    found = []
    masks = itertools.product(MASKS.items(), TOKENS, (0, 1))
    for at, ((mask_type, dtype), token_type, off) in enumerate(masks):
        tokens = (1337, 33, 2055, 700)[at % 4]
        rewards = dice.normal(size=(12, 2)).astype(np.float32)
        mask = (dice.random(off + 12 * tokens) < 0.7).astype(dtype)
        numbers = {"group_size": 4, "columns": tokens, "total_tokens": 12 * tokens, "token_type": token_type}
        numbers |= {"mask_type": mask_type, "scale": at % 2, "estimator": at % 5}
        found.append((f"mask {dtype.__name__} off {off}, T={tokens}", {"rewards": rewards, "mask": mask}, off, numbers))
    order, offsets = dice.permutation(40), np.array([0, 3, 3, 20, 40])
    ends = np.concatenate([[3], 3 + np.cumsum(dice.integers(0, 300, 40))])
    for estimator, scale in itertools.product(ESTIMATORS.values(), (0, 1)):
        inputs = {"rewards": dice.normal(size=(40, 3)).astype(np.float32), "order": order, "offsets": offsets, "cu_seqlens": ends}
        numbers = {
            "group_size": 0,
            "total_tokens": int(ends[-1]) + 9,
            "token_type": scale,
            "estimator": estimator,
            "scale": scale,
        }
        found.append((f"packed, estimator {estimator}, scale {scale}", inputs, 0, numbers))
    return found


def emulated(folder: Path) -> library.Library:
    """The kernels on the emulator."""
    import emulate

    return library.Library(emulate.compiled(build.SOURCES, folder / "emulated.so"))


def main(device: str) -> int:
    """Run all, say what differs, and end with how many do."""
    make: Callable[[], Host | Device] = Device if device == "cuda" else Host
    different = []
    with tempfile.TemporaryDirectory() as folder:
        loaded = library.cuda() if device == "cuda" else emulated(Path(folder))
        memory = make()
        for name, inputs, off, numbers in cases():
            ours, host = call(loaded, memory, inputs, off, **numbers), call(library.host(), Host(), inputs, off, **numbers)
            differs = [what for what in ours if ours[what].tobytes() != host[what].tobytes()]
            print(f"{name}: {'the same bits' if not differs else 'other ' + ', '.join(differs)}", flush=True)
            different += [name] if differs else []
    print(f"{len(cases())} calls, {len(different)} with other bits than the host build's", flush=True)
    return len(different)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
