"""Microseconds on a device and on the host, medians of many; on the CPU both are wall time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Times:
    """Microseconds a call: one after another, replayed as a CUDA graph (NaN where there is none), and on the host alone."""

    called_us: float
    graph_us: float
    host_us: float


def measure(call: Callable[[Any], object], inputs: Sequence[Any], repeats: int, graph: bool = True) -> Times:
    """Times of `call` on each set of inputs in turn; all sets together should be larger than the cache."""
    on_device = inputs[0].rewards.is_cuda
    for one in inputs:  # allocations, handles and compilation
        call(one)
    if not on_device:
        wall = [_host(call, inputs) for _ in range(repeats)]
        return Times(statistics.median(wall), float("nan"), statistics.median(wall))
    torch.cuda.synchronize()
    called = [_device(lambda: [call(one) for one in inputs]) / len(inputs) for _ in range(repeats)]
    host = []
    for _ in range(repeats):
        torch.cuda.synchronize()
        host.append(_host(call, inputs))
    torch.cuda.synchronize()
    return Times(statistics.median(called), _graph(call, inputs, repeats) if graph else float("nan"), statistics.median(host))


def copy_bandwidth(device: str, gib: float = 1.0, repeats: int = 20) -> float:
    """Bytes a second of a large copy on the device, read and written bytes together."""
    source = torch.randn(int(gib * 2**30 / 4), device=device)
    sink = torch.empty_like(source)
    sink.copy_(source)
    if source.is_cuda:
        us = statistics.median(_device(lambda: sink.copy_(source)) for _ in range(repeats))
    else:
        us = statistics.median(_host(lambda _: sink.copy_(source), [None]) for _ in range(3))
    return 2 * source.numel() * 4 / (us * 1e-6)


def _host(call: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    start = time.perf_counter()
    for one in inputs:
        call(one)
    return (time.perf_counter() - start) * 1e6 / len(inputs)


def _device(work: Callable[[], object]) -> float:
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    begin.record()
    work()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) * 1000


def _graph(call: Callable[[Any], object], inputs: Sequence[Any], repeats: int) -> float:
    """A graph of one call a set, often enough that a replay takes well over the resolution of an event."""
    turns = max(1, 20 // len(inputs))
    stream, graph = torch.cuda.Stream(), torch.cuda.CUDAGraph()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for one in inputs:
            call(one)
    torch.cuda.current_stream().wait_stream(stream)
    try:
        with torch.cuda.graph(graph):
            for _ in range(turns):
                for one in inputs:
                    call(one)
    except RuntimeError:  # a form that waits for the device cannot be captured
        torch.cuda.synchronize()
        return float("nan")
    graph.replay()
    return statistics.median(_device(graph.replay) for _ in range(repeats)) / (turns * len(inputs))
