"""Rows of a data set as dictionaries, one at a time: JSON lines, JSON, CSV, Parquet, folders, and the hub when named.

A row that cannot be read comes as a `RawRow` with a problem instead of fields: it is reported, not skipped. What cannot be
opened at all raises `UsageError`. Nothing is fetched unless the source starts with `hub:`.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from rewardkit.data.files import ENDINGS, ending, files_in, is_saved_set, matches, unpacked
from rewardkit.data.parquet import opened, rows_of
from rewardkit.data.raw import MAX_LINE_MB, RawRow, escaped, is_utf8, json_lines, not_utf8, row_of
from rewardkit.errors import MissingExtra, UsageError

__all__ = ["BATCH_ROWS", "HUB", "read", "read_all", "read_hub"]

HUB = "hub:"
BATCH_ROWS = 256


def read(
    source: str, *, wanted: Collection[str] | None = None, config: str | None = None, split: str | None = None
) -> Iterator[RawRow]:
    """Every row of a file, of the files that a pattern matches, of a folder or a data set of the hub, in order and so counted.

    `-` is JSON lines on standard input. A file may be packed: `.gz`, `.zst`. A folder is a saved data set, by
    `Dataset.save_to_disk`, or holds data files, read in the order of their names. `wanted` names the columns that matter, so that
    images and the like are not decoded where the format can leave them out. `config` and `split` are for the hub and for saved
    data sets with several splits; without a split all of them are read. Raises `UsageError` when the source cannot be read, and
    `MissingExtra` when its format needs a package that is not installed.
    """
    if source.startswith(HUB):
        yield from read_hub(source.removeprefix(HUB), wanted=wanted, config=config, split=split)
        return
    if source == "-":
        yield from _json_lines(sys.stdin.buffer)
        return
    paths = map(Path, matches(source))
    yield from _counted(_folder(path, wanted, split) if path.is_dir() else _file(path, wanted) for path in paths)


def read_all(sources: Sequence[str], **options: Any) -> Iterator[RawRow]:
    """What `read` gives for each of several sources, one after the other, with places counted through all of them."""
    return _counted(read(source, **options) for source in sources)


def _counted(parts: Iterable[Iterator[RawRow]]) -> Iterator[RawRow]:
    before = place = 0
    for rows in parts:
        for row in rows:
            place = before + row.place
            yield replace(row, place=place) if before else row
        before = place


def read_hub(
    name: str, *, wanted: Collection[str] | None = None, config: str | None = None, split: str | None = None
) -> Iterator[RawRow]:
    """Every row of a data set of the hub, downloaded when it is not in the cache of `datasets`."""
    datasets = _datasets(f"reading {name} from the hub")
    try:
        loaded = datasets.load_dataset(name, config, split=split)
    except Exception as cause:  # whatever the hub, the network or its loader raises: the call cannot be carried out
        which = f"{name} (config {config or 'default'}, split {split or 'all'})"
        message = f"cannot load {which} from the hub: {type(cause).__name__}: {cause}"
        raise UsageError(message) from cause
    yield from _loaded(loaded, wanted)


def _file(path: Path, wanted: Collection[str] | None) -> Iterator[RawRow]:
    reader = _READERS.get(ending(path))
    if reader is None and path.exists():
        message = f"cannot tell what {path} is; wanted a name that ends in {', '.join(ENDINGS)}, also with .gz or .zst"
        raise UsageError(message)
    if reader is None and not path.suffix:
        message = f"cannot read {path}: No such file or directory. For a data set of the hub write {HUB}{path}."
        raise UsageError(message)
    with unpacked(path) as (stream, _):
        yield from (reader or _json_lines)(stream, wanted)


def _folder(path: Path, wanted: Collection[str] | None, split: str | None) -> Iterator[RawRow]:
    if not is_saved_set(path):
        yield from _counted(_file(file, wanted) for file in files_in(path))
        return
    loaded = _datasets(f"reading the saved data set {path}").load_from_disk(str(path))
    if split is not None:
        if split not in (loaded if isinstance(loaded, dict) else ()):
            message = f"{path} has no split {split!r}; it has {', '.join(loaded) if isinstance(loaded, dict) else 'none'}"
            raise UsageError(message)
        loaded = loaded[split]
    yield from _loaded(loaded, wanted)


def _datasets(purpose: str) -> Any:
    try:
        import datasets
    except ImportError:
        raise MissingExtra("datasets", "data", purpose) from None
    return datasets


def _loaded(loaded: Any, wanted: Collection[str] | None) -> Iterator[RawRow]:
    """Rows of a `Dataset`, or of each of the splits in a `DatasetDict`."""
    for part in loaded.values() if isinstance(loaded, dict) else [loaded]:
        names = part.column_names if wanted is None else [name for name in part.column_names if name in wanted]
        # Without any wanted column there is still something to say: which columns there are.
        chosen = part.select_columns(names) if names else part
        yield from _each(chosen)


def _each(rows: Any) -> Iterator[RawRow]:
    place = 0
    try:
        for place, fields in enumerate(rows, start=1):
            yield RawRow(place, dict(fields))
    except UnicodeDecodeError:  # it reads several rows ahead: from here on one by one
        for at in range(place, len(rows)):
            yield _alone(rows, at)


def _alone(rows: Any, at: int) -> RawRow:
    fields: dict[str, Any] = {}
    for name in rows.column_names:
        try:
            fields |= rows.select_columns([name])[at]
        except UnicodeDecodeError as cause:
            return RawRow(at + 1, problem=not_utf8(cause.object[cause.start], cause.start, f"the column {name!r}"))
    return RawRow(at + 1, fields)


def _json_lines(stream: IO[bytes], _: Collection[str] | None = None) -> Iterator[RawRow]:
    return json_lines(stream)


def _json(stream: IO[bytes], wanted: Collection[str] | None) -> Iterator[RawRow]:
    """A list of objects, an object with one such list in it, or, as many such files are, JSON lines."""
    data = stream.read()
    text = data.decode("utf-8-sig", errors="surrogateescape")
    try:
        value = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        stream.seek(0)
        yield from _json_lines(stream)
        return
    if isinstance(value, dict):
        lists = [part for part in value.values() if isinstance(part, list) and part and isinstance(part[0], dict)]
        value = lists[0] if len(lists) == 1 else [value]
    if not isinstance(value, list):
        yield row_of(value, 1)
        return
    whole = is_utf8(text)  # half a pair that JSON spells out is no byte that was lost
    for place, fields in enumerate(value, start=1):
        row = row_of(fields, place)
        problem = "" if whole else escaped(row.fields)
        yield RawRow(place, problem=problem) if problem else row


def _csv(stream: IO[bytes], _: Collection[str] | None, delimiter: str = ",") -> Iterator[RawRow]:
    import io

    csv.field_size_limit(MAX_LINE_MB * 2**20)
    place = 0
    with io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        try:
            for place, fields in enumerate(csv.DictReader(lines, delimiter=delimiter), start=1):
                extra = fields.pop(None, None)
                problem = f"{len(extra)} more cells than the header" if extra else escaped(fields)
                yield RawRow(place, problem=problem) if problem else RawRow(place, fields)
        except csv.Error as cause:
            yield RawRow(place + 1, problem=f"not CSV: {cause}")


def _tsv(stream: IO[bytes], wanted: Collection[str] | None) -> Iterator[RawRow]:
    return _csv(stream, wanted, "\t")


def _parquet(stream: IO[bytes], wanted: Collection[str] | None) -> Iterator[RawRow]:
    with opened(stream) as table:
        names = [name for name in table.schema_arrow.names if wanted is None or name in wanted]
        first = 1
        for batch in table.iter_batches(BATCH_ROWS, columns=names or None):
            yield from rows_of(batch, first)
            first += batch.num_rows


_READERS: dict[str, Callable[[IO[bytes], Collection[str] | None], Iterator[RawRow]]] = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json,
    ".csv": _csv,
    ".tsv": _tsv,
    ".parquet": _parquet,
}
