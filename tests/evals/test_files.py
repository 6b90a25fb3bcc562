"""Prediction files as VLMEvalKit and lmms-eval write them, whole and broken."""

from __future__ import annotations

import json

import pytest

from rewardkit.errors import MissingColumn, UsageError
from rewardkit.evals import benchmark
from rewardkit.evals.files import benchmark_of, model_of, read_predictions
from rewardkit.evals.run import evaluate
from rewardkit.evals.vlmevalkit import MISSING, is_missing

openpyxl = pytest.importorskip("openpyxl")

ROWS = [
    {"index": 0, "question": "Which?", "A": "dog", "B": "cat", "C": 5, "D": None, "answer": "B", "prediction": "B"},
    {"index": 1, "question": "Which?", "A": "dog", "B": "cat", "C": 5, "D": None, "answer": "A", "prediction": None},
]


def write(path, rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.append(columns)
        for row in rows:
            book.active.append([row.get(column) for column in columns])
        book.save(path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows), encoding="utf-8")
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        lines = ["\t".join("" if row.get(c) is None else str(row[c]) for c in columns) for row in rows]
        path.write_text("\n".join(["\t".join(columns), *lines]) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("ending", ["xlsx", "tsv", "json", "jsonl"])
def test_every_table_gives_the_same_verdicts(tmp_path, ending):
    path = write(tmp_path / f"Toy_MMStar.{ending}", ROWS)
    rows = read_predictions(path, "MMStar")
    assert [v.score for v in evaluate(benchmark("MMStar"), rows, "fixed").verdicts] == [1.0, 0.0]
    seen = evaluate(benchmark("MMStar"), rows, "vlmevalkit").verdicts
    assert [v.score for v in seen] == [1.0, None], "an empty cell is 'nan' for VLMEvalKit, which it would ask its model about"


@pytest.mark.parametrize(
    ("path", "name", "model"),
    [
        ("WeThink_MathVista_MINI.xlsx", "MathVista", "WeThink"),
        ("a/Qwen2.5-VL-7B_MMBench_DEV_EN_V11.xlsx", "MMBench", "Qwen2.5-VL-7B"),
        ("MMStar-tuned_MME.xlsx", "MME", "MMStar-tuned"),
        ("m_MathVerse_MINI_Vision_Only.tsv", "MathVerse", "m"),
        ("20260101_120000_samples_mmmu_val.jsonl", "MMMU", "20260101_120000"),
        ("x_samples_hallusion_bench_image.jsonl", "HallusionBench", "x"),
        ("m_AI2D_TEST.xlsx", "AI2D", "m"),
        ("m_ChartQAPro.xlsx", None, "m_ChartQAPro"),
        ("predictions.xlsx", None, "predictions"),
    ],
)
def test_a_file_s_name_tells_its_benchmark(path, name, model):
    assert benchmark_of(path) == name
    assert model_of(path) == model


SAMPLES = {
    "MME": ({"category": "color", "question_id": "color/a.png", "question": "Is it red?", "answer": "Yes"}, "Yes", 1.0),
    "HallusionBench": (
        {"category": "VD", "subcategory": "figure", "set_id": "0", "figure_id": "1", "question_id": "0", "question": "Red?"}
        | {"gt_answer": "0", "gt_answer_details": "It is blue."},
        "No.",
        1.0,
    ),
    "AI2D": ({"question": "What is it?", "options": ["root", "leaf", "stem"], "answer": "1"}, "B", 1.0),
    "MMMU": ({"id": "validation_Math_1", "question": "?", "options": "['1', '2']", "answer": "B"}, "B", 1.0),
    "MMStar": ({"index": 3, "question": "Which?\nOptions: A: dog, B: a cat, C: fish, D: 5", "answer": "B"}, "a cat", 1.0),
    "OCRBench": ({"dataset": "IIIT5K", "question": "?", "question_type": "Handwriting Recognition", "answer": ["ab"]}, "ab", 1.0),
    "MathVista": (
        {
            "pid": "1",
            "question": "?",
            "choices": ["3", "4"],
            "answer": "4",
            "question_type": "multi_choice",
            "answer_type": "text",
        },
        "(B) 4",
        1.0,
    ),
    "MathVision": ({"id": "1", "question": "?", "options": ["3", "4"], "answer": "A", "subject": "algebra"}, "A", 1.0),
    "ChartQA": ({"type": "human_test", "question": "?", "answer": "14"}, "13.9", 1.0),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_lmms_eval_s_samples_are_read(tmp_path, name):
    doc, said, score = SAMPLES[name]
    sample = {"doc_id": 7, "doc": doc, "target": "x", "resps": [[said]], "filtered_resps": [said], "doc_hash": "h"}
    rows = read_predictions(write(tmp_path / f"m_samples_{name.lower()}.jsonl", [sample]), name)
    result = evaluate(benchmark(name), rows, "fixed", partial=True)
    assert [verdict.score for verdict in result.verdicts] == [score]


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ({"doc_id": 1, "filtered_resps": ["B"], "resps": [["B"]]}, "--log_samples"),
        ({"doc_id": 1, "doc": {"question": "?"}, "filtered_resps": ["B", "C"]}, "one reply"),
        ({"answer": "B", "text": "B"}, "prediction"),
    ],
)
def test_what_is_no_prediction_stops(tmp_path, sample, told):
    with pytest.raises(UsageError, match=told):
        read_predictions(write(tmp_path / "m_samples_mmstar.jsonl", [sample]), "MMStar")


def test_a_broken_line_and_a_broken_sheet_stop(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"prediction": "B"}\n{"prediction": \n', encoding="utf-8")
    with pytest.raises(UsageError, match="row 2"):
        read_predictions(str(tmp_path / "a.jsonl"), "MMStar")
    (tmp_path / "a.xlsx").write_text("no zip", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot read"):
        read_predictions(str(tmp_path / "a.xlsx"), "MMStar")


@pytest.mark.parametrize(
    ("change", "mode", "error", "told"),
    [
        (lambda rows: [{k: v for k, v in row.items() if k != "A"} for row in rows], "fixed", MissingColumn, "'A'"),
        (lambda rows: [rows[0], {**rows[1], "answer": ""}], "fixed", UsageError, "row 2"),
        (lambda rows: [rows[0], rows[0]], "fixed", UsageError, "index 0"),
        (lambda rows: [], "fixed", UsageError, "no rows"),
        (lambda rows: rows, "loose", UsageError, "official"),
    ],
)
def test_a_file_that_lacks_something_stops(change, mode, error, told):
    with pytest.raises(error, match=told):
        evaluate(benchmark("MMStar"), change(ROWS), mode)


@pytest.mark.parametrize(
    ("name", "drop", "told"),
    [("WeMath", 2, "lacks multi"), ("MME", 0, "color/a has 1"), ("DynaMath", 4, "9 of 10"), ("MMBench", 0, "unrotated")],
)
def test_a_group_that_lacks_a_row_stops_unless_part_of_a_file_is_wanted(name, drop, told):
    from test_groups import GROUPS

    rows = next(group["rows"] for group in GROUPS if group["benchmark"] == name)
    rows = rows[:drop] + rows[drop + 1 :]
    with pytest.raises(UsageError, match=told):
        evaluate(benchmark(name), rows, "fixed")
    assert "groups that lack rows are scored as they are" in evaluate(benchmark(name), rows, "fixed", partial=True).notes


def test_a_mode_may_need_a_column_of_its_own():
    row = {
        "question": "?",
        "answer": "5",
        "question_type": "free_form",
        "answer_type": "integer",
        "choices": None,
        "prediction": "5",
    }
    assert evaluate(benchmark("MathVista"), [row], "fixed").figures["accuracy"].value == 100
    with pytest.raises(MissingColumn, match="precision"):
        evaluate(benchmark("MathVista"), [row], "official")


def test_missing_cells_are_those_of_pandas(tmp_path):
    pandas = pytest.importorskip("pandas")
    words = [*sorted(MISSING), "none", "Nan", "0", "na", " ", "No", "nil", "-"]
    (tmp_path / "a.csv").write_text("n,word\n" + "".join(f"{n},{word}\n" for n, word in enumerate(words)), encoding="utf-8")
    read = pandas.read_csv(tmp_path / "a.csv")
    assert [bool(missing) for missing in read["word"].isna()] == [is_missing(word) for word in words]


@pytest.mark.parametrize(
    ("name", "row", "kept", "score"),
    [
        ("MathVista", {"answer": "14", "answer_type": "integer", "question_type": "free_form"}, {"res": "14"}, 1.0),
        ("MathVista", {"answer": "14", "answer_type": "integer", "question_type": "free_form"}, {"res": 15}, 0.0),
        ("MathVision", {"answer": "1/2", "choices": "[]"}, {"res": "0.5", "score": None}, 1.0),
        ("MathVerse", {"answer": "22.3"}, {"extract": "22.30", "score": True}, 1.0),
        ("DynaMath", {"answer": "5.0", "answer_type": "float", "qid": 1}, {"correct": "False"}, 0.0),
        ("LogicVista", {"answer": "A, C"}, {"res": "CA", "hit": 1}, 1.0),
        ("WeMath", {"answer": "B", "ID": "p", "key": "2steps_1"}, {"hit": 1}, 1.0),
        ("MMStar", {"answer": "B", "A": "dog", "B": "cat", "C": "fish", "D": "bird"}, {"hit": 1, "log": "Match Log: B. "}, 1.0),
        ("MME", {"answer": "Yes", "category": "color", "image_path": "a"}, {"extracted": "Yes", "score": True}, 1.0),
        ("MMVet", {"answer": "red <AND> round", "category": "rec"}, {"score": 0.5}, 0.5),
    ],
)
def test_what_vlmevalkit_s_model_said_is_taken_from_its_result_files(name, row, kept, score):
    base = {
        "question": "Q?",
        "choices": None,
        "answer_option": None,
        "prediction": "well, that is hard to say in just a few words of mine",
    }
    (verdict,) = evaluate(benchmark(name), [{**base, **row, **kept}], "vlmevalkit", partial=True).verdicts
    assert (verdict.score, verdict.info["how"]) == (score, "recorded")
    (without,) = evaluate(benchmark(name), [{**base, **row}], "vlmevalkit", partial=True).verdicts
    assert without.score is None or name == "WeMath"


@pytest.mark.parametrize(("sheet", "score"), [(True, 0.0), (False, 1.0)])
def test_an_empty_prediction_of_words_is_right_for_vlmevalkit_unless_pandas_has_made_it_nan(sheet, score):
    """DynaMath's containment runs the wrong way round; an empty cell of a sheet is the text nan, which is in no reference."""
    row = {"question": "Q?", "answer": "even", "answer_type": "text", "qid": 1, "prediction": ""}
    (verdict,) = evaluate(benchmark("DynaMath"), [row], "vlmevalkit", partial=True, sheet=sheet).verdicts
    assert verdict.score == score
