"""What travels between a process and its workers, as both sides see it.

Both ways a frame is eight bytes of length and then text. A chunk is one line that names the verifier and a JSON
array of samples; the reply is one or more JSON arrays of verdicts in the same order, or an object
that says why there is none: `{"cannot": …}` be loaded, or `{"raised": kind, "text": …}` on purpose. JSON and not
pickle, so that no text of a model ever meets an unpickler.

Before each sample the worker writes the time and the sample's place in the chunk into a cell of shared
memory. From that cell alone the parent knows which sample hung or died, and when its clock started.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.lifted import FunctionVerifier
from rewardkit.types import Sample

# Monotonic start of a sample, its place in the chunk. In the machine's own layout each is written at one go.
CELL = struct.Struct("dq")
FRAME = struct.Struct("<Q")
NOT_STARTED = -1
OUT_OF_MEMORY = 86  # exit status of a worker whose sample met the memory limit
ARRAY_BYTES = 1 << 16  # larger ones are images and the like

active = False  # true inside a worker, where an isolated verifier needs no further worker


def header(verifier: FunctionVerifier) -> bytes:
    """How a worker gets the same verifier; raises `BadParameter` when it cannot."""
    if not isinstance(verifier, FunctionVerifier):
        message = f"workers run verifiers that come from rewardkit.get(), not {type(verifier).__name__}"
        raise BadParameter(message)
    function = verifier.spec.function
    if function.__module__ == "__main__" or "<" in function.__qualname__:
        where = "in the script or notebook that runs" if function.__module__ == "__main__" else "inside another function"
        message = f"{verifier.name!r} is defined {where}, where a worker process cannot import it; move it to the top level "
        message += "of a module of its own (say my_verifiers.py) and import that"
        raise BadParameter(message)
    try:
        parameters = json.dumps(dict(verifier.parameters))
    except (TypeError, ValueError) as cause:
        message = f"{verifier!r} runs in worker processes, so its parameters must be plain text, numbers and lists: {cause}"
        raise BadParameter(message) from cause
    name, module = json.dumps(verifier.name), json.dumps(function.__module__)
    return f'{{"name":{name},"module":{module},"parameters":{parameters}}}'.encode()


def plain(value: Any) -> Any:
    """Stand-in for what JSON does not know; raises TypeError when there is none."""
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist") and getattr(value, "nbytes", 0) <= ARRAY_BYTES:
        return value.tolist()
    message = f"a {type(value).__name__} cannot be sent"
    raise TypeError(message)


_CANNOT = (TypeError, ValueError, RecursionError)
_to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=plain).encode
_lossy = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=lambda value: None).encode


def encode(samples: Sequence[Sample], verifier: FunctionVerifier) -> bytes:
    """The samples as a JSON array; raises `BadParameter` when a required column cannot be sent."""
    # Token ids are long, and what needs isolation reads text.
    ids = not verifier.isolated
    try:
        return _to_json(
            [[s.index, s.prompt, s.completion, s.columns, s.completion_ids if ids else None] for s in samples]
        ).encode()
    except _CANNOT:
        return f"[{','.join(_encode_odd(sample, ids, verifier) for sample in samples)}]".encode()


def _encode_odd(sample: Sample, ids: bool, verifier: FunctionVerifier) -> str:
    """One sample without what JSON cannot hold."""
    columns = {}
    for name, value in sample.columns.items():
        try:
            columns[name] = json.loads(_to_json(value))
        except _CANNOT as cause:
            if name in verifier.requires:
                message = f"{verifier.name} needs the column {name!r} in a worker process, but in row {sample.index} it "
                message += f"cannot be sent: {cause}. Make it text, numbers or lists."
                raise BadParameter(message) from cause
    try:
        return _lossy([sample.index, sample.prompt, sample.completion, columns, sample.completion_ids if ids else None])
    except _CANNOT:  # a prompt of no shape we know: its text is all that can be told
        return _lossy([sample.index, sample.question, sample.text, columns, None])
