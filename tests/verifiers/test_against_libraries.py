"""Each measure of perception beside the library that defines it, on a thousand random cases: `make test-adapters`."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest

from rewardkit.registry import get
from rewardkit.testing import sample
from rewardkit.verifiers.likeness.cider import Frequencies, cider_d, document_frequencies
from rewardkit.verifiers.likeness.said import words

pytestmark = pytest.mark.slow

CASES = 1000
WITHIN = 1e-6
WORDS = ["a", "the", "cat", "dog", "sat", "ran", "on", "in", "mat", "park", "black", "two", "with", "and", "it"]
Json = Any


def chances() -> Iterator[random.Random]:
    """A source of chance for each case, the same on every run."""
    for seed in range(CASES):
        yield random.Random(seed)


def score(name: str, completion: str, answer: Json, parameters: Json = None, **columns: Json) -> float | None:
    return get(name, **(parameters or {})).check(sample(completion=completion, answer=answer, **columns)).score


def box(chance: random.Random) -> list[float]:
    """Left, top, width and height in quarters, which floats hold as they are, so that overlaps are often on a threshold."""
    return [chance.randrange(80) / 4, chance.randrange(80) / 4, chance.randrange(4, 80) / 4, chance.randrange(4, 80) / 4]


def listed(boxes: list[dict[str, Json]]) -> str:
    return json.dumps([{"bbox_2d": one["bbox"], **{k: one[k] for k in ("label", "score") if k in one}} for one in boxes])


def near(boxes: list[list[float]], chance: random.Random) -> list[float]:
    """A box like one of these, or another."""
    if chance.random() < 0.3:
        return box(chance)
    x, y, width, height = chance.choice(boxes)
    if chance.random() < 0.3:
        return [x + chance.uniform(-2, 2), y + chance.uniform(-2, 2), width * chance.uniform(0.8, 1.2), height]
    moves = [chance.choice((0, 0, 0.5, 1, -1, 2)) for _ in range(4)]
    return [x + moves[0], y + moves[1], max(1.0, width + moves[2]), max(1.0, height + moves[3])]


def test_overlap_of_boxes() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    for chance in chances():
        wanted = box(chance)
        given = near([wanted], chance)
        ours = score("grounding.box", str(given), wanted, {"threshold": None, "order": "xywh"})
        assert ours == pytest.approx(coco.iou([given], [wanted], [0])[0][0], abs=WITHIN)


def test_average_precision() -> None:
    pytest.importorskip("pycocotools.cocoeval")
    for chance in chances():
        labels = ["cat", "dog", "bird"][: chance.randint(1, 3)]
        wanted = [{"bbox": box(chance), "label": chance.choice(labels)} for _ in range(chance.randint(1, 12))]
        given = [
            {
                "bbox": near([one["bbox"] for one in wanted], chance),
                "label": chance.choice(labels),
                "score": chance.randrange(10) / 10,
            }
            for _ in range(chance.randint(1, 130 if chance.random() < 0.05 else 15))
        ]
        ours = score("grounding.ap", listed(given), listed(wanted), {"order": "xywh"})
        assert ours == pytest.approx(coco_ap(wanted, given), abs=WITHIN)


def coco_ap(wanted: list[dict[str, Json]], given: list[dict[str, Json]]) -> float:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    ids = {label: number for number, label in enumerate(dict.fromkeys(one["label"] for one in [*wanted, *given]), start=1)}
    truth = COCO()
    truth.dataset = {
        "images": [{"id": 1}],
        "categories": [{"id": number} for number in ids.values()],
        "annotations": [
            {"id": number, "image_id": 1, "category_id": ids[one["label"]], "bbox": one["bbox"], "iscrowd": 0}
            | {"area": one["bbox"][2] * one["bbox"][3]}
            for number, one in enumerate(wanted, start=1)
        ],
    }
    rows = [{"image_id": 1, "category_id": ids[o["label"]], "bbox": o["bbox"], "score": o["score"]} for o in given]
    with redirect_stdout(io.StringIO()):
        truth.createIndex()
        measured = COCOeval(truth, truth.loadRes(rows), "bbox")
        measured.evaluate()
        measured.accumulate()
        measured.summarize()
    return float(measured.stats[0])


def picture(chance: random.Random, height: int, width: int) -> Any:
    """A mask as pixels: blots and holes."""
    import numpy as np

    pixels = np.zeros((height, width), dtype=np.uint8, order="F")
    for _ in range(chance.randint(1, 6)):
        top, left = chance.randrange(height), chance.randrange(width)
        pixels[top : top + chance.randint(1, height), left : left + chance.randint(1, width)] ^= 1
    if not pixels.any():
        pixels[0, 0] = 1
    return pixels


def plain_counts(pixels: Any) -> list[int]:
    """COCO's uncompressed counts, by going through the pixels."""
    counts, last = [0], 0
    for pixel in pixels.flatten(order="F").tolist():
        if pixel != last:
            counts.append(0)
            last = pixel
        counts[-1] += 1
    return counts


def packed(pixels: Any) -> dict[str, Json]:
    from pycocotools import mask

    rle = mask.encode(pixels)
    return {"size": list(rle["size"]), "counts": rle["counts"].decode()}


def polygons(chance: random.Random, height: int, width: int) -> list[list[float]]:
    """Outlines of any kind: they cross themselves and one another, and lie partly outside."""
    whole = chance.random() < 0.5
    return [
        [
            chance.randint(-3, side + 3) if whole else round(chance.uniform(-9, side + 9), 3)
            for _ in range(chance.randint(3, 9))
            for side in (width, height)
        ]
        for _ in range(chance.randint(1, 3))
    ]


def test_masks() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    for chance in chances():
        height, width = chance.randint(1, 40), chance.randint(1, 40)
        given, wanted = picture(chance, height, width), picture(chance, height, width)
        expected = coco.iou([coco.encode(given)], [coco.encode(wanted)], [0])[0][0]
        counts = {"size": [height, width], "counts": plain_counts(given)}
        assert score("grounding.mask", json.dumps(packed(given)), packed(wanted)) == pytest.approx(expected, abs=WITHIN)
        assert score("grounding.mask", f"<answer>{counts}</answer>", packed(wanted)) == pytest.approx(expected, abs=WITHIN)
        assert score("grounding.mask", json.dumps(packed(given)), counts) == 1


def test_polygons() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    for chance in chances():
        height, width = chance.randint(4, 60), chance.randint(4, 60)
        wanted, given = picture(chance, height, width), polygons(chance, height, width)
        filled = coco.merge(coco.frPyObjects(given, height, width))
        expected = coco.iou([filled], [coco.encode(wanted)], [0])[0][0]
        assert score("grounding.mask", json.dumps(given), packed(wanted)) == pytest.approx(expected, abs=WITHIN), given


def test_points_in_masks() -> None:
    pytest.importorskip("pycocotools.mask")
    for chance in chances():
        height, width = chance.randint(1, 40), chance.randint(1, 40)
        pixels = picture(chance, height, width)
        x, y = round(chance.uniform(0, width - 0.01), 2), round(chance.uniform(0, height - 0.01), 2)
        assert score("grounding.point", f"<answer>({x}, {y})</answer>", packed(pixels)) == float(pixels[int(y), int(x)])


def test_keypoints() -> None:
    pytest.importorskip("pycocotools.cocoeval")
    for chance in chances():
        wanted = [n for _ in range(17) for n in (chance.randint(0, 200), chance.randint(0, 200), chance.choice((0, 1, 2)))]
        wanted[2] = 2
        given = [
            number + chance.choice((0, 0, 1, -1)) * round(chance.uniform(0, 30), 2) if place % 3 < 2 else 1
            for place, number in enumerate(wanted)
        ]
        area = round(chance.uniform(100, 20_000), 1)
        ours = score("grounding.keypoints", json.dumps({"keypoints": given}), {"keypoints": wanted, "area": area})
        assert ours == pytest.approx(coco_oks(given, wanted, area), abs=WITHIN)


def coco_oks(given: list[float], wanted: list[int], area: float) -> float:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = COCO()
    seen = sum(v > 0 for v in wanted[2::3])
    person = {"id": 1, "image_id": 1, "category_id": 1, "keypoints": wanted, "num_keypoints": seen, "area": area}
    truth.dataset = {
        "images": [{"id": 1}],
        "categories": [{"id": 1}],
        "annotations": [{**person, "bbox": [0, 0, 1, 1], "iscrowd": 0}],
    }
    with redirect_stdout(io.StringIO()):
        truth.createIndex()
        found = truth.loadRes([{"image_id": 1, "category_id": 1, "keypoints": given, "score": 1.0}])
        measured = COCOeval(truth, found, "keypoints")
        measured.evaluate()
    return float(measured.ious[1, 1][0][0])


def test_segments_of_time() -> None:
    """A segment is a box of height 1."""
    coco = pytest.importorskip("pycocotools.mask")
    for chance in chances():
        (a, b), (c, d) = (sorted(round(chance.uniform(0, 60), 2) for _ in range(2)) for _ in range(2))
        b, d = b + 0.01, d + 0.01
        ours = score("grounding.segment", f"<answer>{a} - {b:.2f} s</answer>", [c, round(d, 2)])
        expected = coco.iou([[a, 0, round(b, 2) - a, 1]], [[c, 0, round(d, 2) - c, 1]], [0])[0][0]
        assert ours == pytest.approx(expected, abs=WITHIN)


def sentence(chance: random.Random, most: int = 14) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, most)))


def test_error_rates() -> None:
    jiwer = pytest.importorskip("jiwer")
    for chance in chances():
        given, wanted = sentence(chance), sentence(chance)
        for name, rate in (("text.wer", jiwer.wer(wanted, given)), ("text.cer", jiwer.cer(wanted, given))):
            assert score(name, given, wanted) == pytest.approx(max(0.0, 1 - rate), abs=WITHIN)


def test_rouge() -> None:
    library = pytest.importorskip("rouge_score.rouge_scorer")
    scorer = library.RougeScorer(["rouge1", "rouge2", "rougeL"])
    for chance in chances():
        given, wanted = sentence(chance).capitalize() + ".", [sentence(chance) for _ in range(chance.randint(1, 3))]
        expected = scorer.score_multi(wanted, given)
        for kind in "12L":
            ours = score("text.rouge", given, wanted, {"kind": kind})
            assert ours == pytest.approx(expected[f"rouge{kind}"].fmeasure, abs=WITHIN)


def test_bleu_and_chrf() -> None:
    library = pytest.importorskip("sacrebleu")
    for chance in chances():
        given, wanted = sentence(chance).capitalize() + ".", [sentence(chance) for _ in range(chance.randint(1, 3))]
        dressed = f"<think>{sentence(chance)}</think><answer>\n{given}\n</answer>"
        assert score("text.bleu", dressed, wanted) == pytest.approx(library.sentence_bleu(given, wanted).score / 100, abs=WITHIN)
        assert score("text.chrf", dressed, wanted) == pytest.approx(library.sentence_chrf(given, wanted).score / 100, abs=WITHIN)


def test_cider(tmp_path: Any) -> None:
    library = pytest.importorskip("pycocoevalcap.cider.cider_scorer")
    pictures = [([sentence(chance) for _ in range(chance.randint(1, 5))], sentence(chance)) for chance in chances()]
    scorer = library.CiderScorer()
    for wanted, given in pictures:
        scorer += (given, wanted)
    _, expected = scorer.compute_score()
    known = json.loads(json.dumps(document_frequencies(wanted for wanted, _ in pictures)))
    (tmp_path / "frequencies.json").write_text(json.dumps(known), encoding="utf-8")
    parameters = {"frequencies": str(tmp_path / "frequencies.json")}
    for (wanted, given), value in zip(pictures, expected, strict=True):
        own = cider_d(words(given), [words(one) for one in wanted], Frequencies(known["pictures"], known["grams"]))
        assert own == pytest.approx(value, abs=WITHIN)
        assert score("text.cider", given, wanted, parameters) == pytest.approx(value / 10, abs=WITHIN)


def cell(chance: random.Random) -> str:
    text = " ".join(chance.choice(("a", "b1", "22", "total", "")) for _ in range(chance.randint(0, 3)))
    text = " ".join(text.split())
    if chance.random() < 0.2:
        text = f"<b>{text}</b>" if text else "<b>x</b>"
    if chance.random() < 0.1:
        text += "x<br>y<i>z</i>"
    spans = "".join(f' {kind}span="{chance.randint(1, 3)}"' for kind in ("col", "row") if chance.random() < 0.15)
    return f"<td{spans}>{text}</td>"


def table(rows: list[list[str]], chance: random.Random) -> str:
    lines = ["<tr>" + "".join(row) + "</tr>" for row in rows]
    if chance.random() < 0.5:
        return f"<table>{''.join(lines)}</table>"
    head = f"<thead>{lines[0]}</thead>" if chance.random() < 0.7 else lines[0]
    return f"<table>{head}<tbody>{''.join(lines[1:])}</tbody></table>" if lines[1:] else f"<table>{head}</table>"


def changed(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """The same rows, but for some cells and some rows."""
    kept = [[one if chance.random() < 0.7 else cell(chance) for one in row if chance.random() < 0.9] for row in rows]
    return [row or [cell(chance)] for row in kept if chance.random() < 0.85] or [[cell(chance)]]


def test_tables() -> None:
    library = pytest.importorskip("table_recognition_metric")
    for chance in chances():
        rows = [[cell(chance) for _ in range(chance.randint(1, 5))] for _ in range(chance.randint(1, 6))]
        wanted, given = table(rows, chance), table(changed(rows, chance), chance)
        structure, sections = chance.random() < 0.3, chance.random() < 0.5
        measured = library.TEDS(structure, None if sections else ("thead", "tbody"))
        expected = measured(f"<html><body>{given}</body></html>", f"<html><body>{wanted}</body></html>")
        ours = score("table.teds", given, wanted, {"structure": structure, "sections": sections})
        assert ours == pytest.approx(expected, abs=WITHIN), (given, wanted)


def test_errors_of_numbers_and_counts() -> None:
    numpy = pytest.importorskip("numpy")
    given, wanted, shares, counts = [], [], [], []
    for chance in chances():
        a, b = round(chance.uniform(0.5, 30), 3), round(chance.uniform(0.5, 30), 3)
        a = b * chance.choice((1, 0.9, 1.05)) if chance.random() < 0.5 else a
        given, wanted = [*given, a], [*wanted, b]
        one = sample(completion=f"<answer>{a!r}</answer>", answer=repr(b))
        shares.append(get("graded.number", limit=1.0).check(one))
        counted = sample(completion=f"<answer>{int(a)}</answer>", answer=str(int(b)))
        counts.append(get("graded.number", error="absolute", limit=20).check(counted))
    relative = numpy.abs(numpy.array(given) - wanted) / wanted
    assert numpy.allclose([one.score for one in shares], numpy.maximum(0, 1 - relative), atol=WITHIN)
    assert numpy.allclose([one.info["error"] for one in shares], relative, atol=WITHIN)
    apart = numpy.abs(numpy.array(given).astype(int) - numpy.array(wanted).astype(int))
    assert numpy.allclose([one.score for one in counts], numpy.maximum(0, 1 - apart / 20), atol=WITHIN)
    assert numpy.mean([one.info["error"] for one in counts]) == pytest.approx(apart.mean(), abs=WITHIN)
