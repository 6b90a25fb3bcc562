"""Curation: every reason to drop a row, images out of archives in parts, and hashes that survive copying."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PIL")

from PIL import Image, ImageDraw

from examples.wethink.data import curate
from examples.wethink.data.images import Neighbours, look_hash, open_images
from rewardkit.errors import UsageError

ROOT = Path(curate.__file__).parents[3]


def picture(seed: int, size: int = 96) -> Image.Image:
    """Blobs on a gradient; another one for each seed."""
    draw = random.Random(seed)
    image = Image.linear_gradient("L").resize((size, size)).convert("RGB")
    pen = ImageDraw.Draw(image)
    for _ in range(8):
        x, y, radius = (draw.randrange(size) for _ in range(3))
        pen.ellipse((x, y, x + radius // 2, y + radius // 2), fill=tuple(draw.randrange(256) for _ in range(3)))
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    sink = io.BytesIO()
    image.save(sink, kind, **options)
    return sink.getvalue()


def test_copies_look_alike_and_others_do_not() -> None:
    near, far = [], []
    for seed in range(60):
        image = picture(seed)
        bits = look_hash(encoded(image))
        copies = [image.resize((50, 50)), image.resize((200, 200)), image.crop((1, 1, 95, 95))]
        near += [(bits ^ look_hash(encoded(copy))).bit_count() for copy in copies]
        near.append((bits ^ look_hash(encoded(image, "JPEG", quality=60))).bit_count())
        far.append((bits ^ look_hash(encoded(picture(seed + 1000)))).bit_count())
    assert sorted(near)[int(0.95 * len(near))] <= 6, "most copies are found with the default"
    assert min(far) > 7, "no other picture is taken for a copy"


def test_neighbours_are_those_a_full_search_finds() -> None:
    draw = random.Random(3)
    known = [draw.getrandbits(128) for _ in range(300)]
    neighbours = Neighbours(within=6)
    for number, bits in enumerate(known):
        neighbours.add(bits, str(number))
    for _ in range(600):
        bits = draw.choice(known)
        for _ in range(draw.randrange(12)):
            bits ^= 1 << draw.randrange(128)
        near = any((bits ^ other).bit_count() <= 6 for other in known)
        assert (neighbours.find(bits) is not None) == near
    neighbours.add(0, "flat")
    assert neighbours.find(0) is None
    with pytest.raises(UsageError, match="from 0 to 7"):
        Neighbours(within=9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "images"
    root.mkdir()
    for seed in range(6):
        (root / f"{seed}.png").write_bytes(encoded(picture(seed)))
    (root / "copy.jpg").write_bytes(encoded(picture(0).resize((70, 70)), "JPEG"))
    (root / "broken.png").write_bytes(b"\x89PNG no more")
    return root


def test_an_archive_in_parts_is_read_without_joining_it(folder: Path, tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"pool/{path.name}")
    raw = whole.getvalue()
    third = len(raw) // 3 + 1
    for number, name in enumerate(("aa", "ab", "ac")):
        (tmp_path / f"image.zip.part-{name}").write_bytes(raw[number * third : (number + 1) * third])
    images = open_images(tmp_path / "image.zip.part-aa")
    for path in folder.iterdir():
        assert images.read(f"pool/{path.name}") == path.read_bytes()
    with pytest.raises(UsageError, match=r"no image pool/none\.png"):
        images.read("pool/none.png")
    with pytest.raises(UsageError, match="not the first part"):
        open_images(tmp_path / "image.zip.part-ab")
    with pytest.raises(UsageError, match="neither a folder nor a zip"):
        open_images(folder / "0.png")
    with pytest.raises(UsageError, match="leads out"):
        open_images(folder).read("../secret.png")


LONG = "In the diagram the line AB is parallel to CD and the angle at A is thirty degrees"
ROWS = [
    ("How many blobs are there in all?", "8", "0.png", "rule", None),
    ("How many blobs are there in all?", "8", "copy.jpg", "rule", "duplicate"),
    ("How many blobs are there in all?", "7", "1.png", "rule", None),
    (f"{LONG}; how large is the angle at C?", "30", "2.png", "rule", "question of a benchmark"),
    ("What colour is the largest blob of all?", "red", "3.png", "rule", "image of a benchmark"),
    ("What is half of the count?", "\\frac{1}{", "4.png", "rule", "unusable reference"),
    ("What is half of the count?", "", "4.png", "rule", "no answer"),
    ("", "4", "4.png", "rule", "no question"),
    ("What is shown?", "Blobs.", "gone.png", "model", "no image"),
    ("What is shown?", "Blobs.", "broken.png", "model", "no image"),
    ("What is shown?", "Blobs on a gradient.", "5.png", "model", None),
    ("Which is on top?", "the red one", "5.png", "model", "too easy"),
    ("Which is at the bottom?", "the blue one", "5.png", "model", "too hard"),
    ("Which is in the middle?", "the green one", "5.png", "model", None),
]


def test_every_row_is_dropped_for_its_reason(folder: Path, tmp_path: Path) -> None:
    source, out, report = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "report.json"
    fields = {"category": "FIB", "abilities": ["reasoning", "math"], "refined_cot": ""}
    values = [{"problem": p, "answer": a, "image_path": i, "reward": r, **fields} for p, a, i, r, _ in ROWS]
    source.write_text("".join(json.dumps(value) + "\n" for value in values))
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "x.jpg").write_bytes(encoded(picture(3).resize((64, 64)), "JPEG"))
    against = tmp_path / "mathverse.jsonl"
    against.write_text(json.dumps({"id": "q7", "question": f"{LONG}. Find the angle at D.", "image_path": "x.jpg"}) + "\n")
    rollouts = tmp_path / "rollouts.jsonl"
    rewards = {11: [1, 1, 1], 12: [0, 0.0, None], 13: [0, 1]}
    rollouts.write_text("".join(json.dumps({"row": row, "rewards": given}) + "\n" for row, given in rewards.items()))
    words = [str(source), "--images", str(folder), "--out", str(out), "--report", str(report), "--against", str(against)]
    more = ["--against-images", str(tmp_path / "bench"), "--rollouts", str(rollouts)]
    done = subprocess.run([sys.executable, "-m", curate.__name__, *words, *more], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    kept = [json.loads(line)["problem"] for line in out.read_text().splitlines()]
    assert kept == [problem for problem, *_, reason in ROWS if reason is None]
    said = json.loads(report.read_text())
    wanted = [reason for *_, reason in ROWS if reason]
    assert said["drops"] == {reason: wanted.count(reason) for reason in wanted}
    assert said["rows"] == said["kept"] + sum(said["drops"].values()) == len(ROWS)
    assert said["samples"]["question of a benchmark"][0]["detail"] == "mathverse:q7"


def test_common_phrases_are_no_contamination() -> None:
    texts = curate.Texts()
    texts.add("What is the area of the shaded region in the figure?", "a")
    texts.add("How many?", "b")
    assert texts.find("What is the area of the shaded region in the figure?") == "a"
    assert texts.find("What is the area of the shaded region in the figure, if AB is 3?") is None
    assert texts.find("How many?") is None


def test_wrong_input_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.jsonl").write_text("{}\n")
    assert curate.main([str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl")]) == 2
    assert "no problem" in capsys.readouterr().err


def test_the_table_of_sources_is_whole() -> None:
    table = [json.loads(line) for line in (Path(curate.__file__).parent / "sources.jsonl").read_text().splitlines()]
    assert len({source["name"] for source in table}) == len(table)
    for source in table:
        assert source.keys() >= {"name", "domain", "licence", "loader", "where"}
        assert all(source[key] for key in ("name", "domain", "licence", "loader", "where"))
