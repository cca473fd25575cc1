import warnings
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from demarcate.datasets import BUILT_IN
from demarcate.tabular import Finding, as_frame, audit_columns, class_codes, infer_schema

N_ROWS = 400
GENERATOR = np.random.default_rng(11)
NOISE = {f"noise {index}": GENERATOR.normal(size=N_ROWS) for index in range(3)}
CODES = GENERATOR.permutation(np.arange(N_ROWS) % 2)
THREE = GENERATOR.permutation(np.arange(N_ROWS) % 3)


def audit(columns: dict, codes: np.ndarray = CODES) -> list[Finding]:
    frame = as_frame({**columns, **NOISE} if len(codes) == N_ROWS else columns)
    schema = infer_schema(frame)
    return audit_columns(schema, schema.parse(frame), codes, int(codes.max()) + 1)


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_data_sets_raise_no_alarm(name: str):
    data = BUILT_IN[name]()
    schema = infer_schema(as_frame(data.X), categorical=data.categorical)
    classes, codes = class_codes(data.y)
    assert audit_columns(schema, schema.parse(as_frame(data.X)), codes, len(classes)) == []


def test_a_table_of_noise_raises_no_alarm():
    words = GENERATOR.choice(["a", "b", "c"], N_ROWS)
    assert audit({"word": words}) == audit({"word": words}, THREE) == []


@pytest.mark.parametrize(
    "told",
    [
        np.where(CODES == 1, "treated", "not"),
        CODES == 1,
        CODES * 5,
        np.where(CODES == 1, None, "reason"),
        CODES + GENERATOR.random(N_ROWS) / 2,
        -CODES + GENERATOR.random(N_ROWS) / 2,
        [date(2020, 1, 1) + timedelta(days=400 * int(code) + row % 400) for row, code in enumerate(CODES)],
        np.where(CODES == 1, np.nan, GENERATOR.normal(size=N_ROWS)),
    ],
    ids=["word", "truth", "whole number", "missing word", "rising", "falling", "date", "missing number"],
)
def test_a_column_that_tells_two_classes_is_named(told: object):
    (finding,) = audit({"told": told})
    assert (finding.rule, finding.column) == ("giveaway", "told")
    assert str(finding).startswith("column 'told' alone gives the target away: ")
    assert str(finding).endswith("Is it known before the label is? If not, leave it out with drop")


@pytest.mark.parametrize(
    "told",
    [np.array(["x", "y", "z"])[THREE], np.array([7, 1, 4])[THREE], -THREE + GENERATOR.random(N_ROWS) / 2],
    ids=["word", "whole number", "number"],
)
def test_a_column_that_tells_three_classes_is_named(told: object):
    assert [finding.column for finding in audit({"told": told}, THREE)] == ["told"]


def test_the_figure_is_in_the_sentence():
    told = np.where(CODES == 1, "treated", "not")
    told[:2] = told[1::-1] if told[0] != told[1] else ["treated" if word == "not" else "not" for word in told[:2]]
    (finding,) = audit({"told": told})
    assert "the most frequent class of each of its 2 values is right for 99.5% of rows" in finding.text
    assert "(the largest class has 50.0%)" in finding.text


def test_nearly_is_not_enough():
    wrong = np.arange(N_ROWS) % 50 == 0
    assert audit({"told": np.where(wrong, 1 - CODES, CODES)}) == []
    assert audit({"told": np.where(wrong, 1 - CODES, CODES) + GENERATOR.random(N_ROWS) / 2}) == []
    assert audit({"told": np.where(wrong, (THREE + 1) % 3, THREE) + GENERATOR.random(N_ROWS) / 2}, THREE) == []


def test_guessing_right_is_no_feat_where_nearly_all_rows_are_of_one_class():
    rare = np.arange(N_ROWS) % 25 == 0
    codes = rare.astype(np.int64)
    assert audit({"told": np.where(rare, "x", "y")}, codes) == []


def test_values_that_occur_a_few_times_prove_nothing():
    names = [f"name {row // 3}" for row in range(N_ROWS)]
    codes = np.arange(N_ROWS) // 3 % 2
    assert audit({"name": names}, codes) == []


def test_a_few_known_cells_prove_nothing():
    known = np.arange(N_ROWS) % 10 == 0
    some = np.where(known, CODES + GENERATOR.random(N_ROWS) / 2, np.nan)
    assert audit({"told": some}) == []


def test_a_constant_column_that_was_asked_for_tells_nothing():
    frame = as_frame({"x": np.ones(N_ROWS), **NOISE})
    schema = infer_schema(frame, numerical=["x"])
    for codes, n_classes in ((CODES, 2), (THREE, 3)):
        assert audit_columns(schema, schema.parse(frame), codes, n_classes) == []


def test_copied_rows_are_counted():
    frame = as_frame({**NOISE, "word": ["a", None] * (N_ROWS // 2)})
    copied = pl.concat([frame, frame[:20], frame[:10]])
    schema = infer_schema(copied)
    (finding,) = audit_columns(schema, schema.parse(copied), np.concatenate([CODES, CODES[:20], CODES[:10]]), 2)
    assert (finding.rule, finding.column) == ("copies", "")
    assert finding.text.startswith("30 of 430 rows repeat others in every column: a row can then be trained on and")


def test_copies_with_another_label_are_counted_apart():
    frame = as_frame({**NOISE, "gap": np.where(np.arange(N_ROWS) % 2, np.nan, -0.0)})
    copied = pl.concat([frame, frame[:20]])
    schema = infer_schema(copied)
    labels = np.concatenate([CODES, CODES[:15], 1 - CODES[15:20]])
    (finding,) = audit_columns(schema, schema.parse(copied), labels, 2)
    assert "20 of 420 rows repeat others in every column, 5 of them where the labels of such rows disagree" in str(
        finding
    )


def test_a_copy_or_two_in_a_large_table_are_passed_over():
    frame = as_frame(NOISE)
    copied = pl.concat([frame, frame[:3]])
    schema = infer_schema(copied)
    assert audit_columns(schema, schema.parse(copied), np.concatenate([CODES, CODES[:3]]), 2) == []


def test_rows_that_repeat_because_there_are_few_to_be_are_passed_over():
    frame = pl.DataFrame({name: GENERATOR.choice(["a", "b", "c"], N_ROWS) for name in ("x", "y", "z")})
    schema = infer_schema(frame)
    assert audit_columns(schema, schema.parse(frame), CODES, 2) == []


def test_columns_that_are_not_used_are_not_compared():
    frame = as_frame({**NOISE, "row": np.arange(N_ROWS)})
    copied = pl.concat([frame, frame[:20].with_columns(row=pl.int_range(N_ROWS, N_ROWS + 20))])
    schema = infer_schema(copied)
    assert [column.name for column in schema.dropped] == ["row"]
    (finding,) = audit_columns(schema, schema.parse(copied), np.concatenate([CODES, CODES[:20]]), 2)
    assert finding.rule == "copies"


def test_names_of_columns_do_not_get_in_the_way():
    frame = as_frame(
        {"code": NOISE["noise 0"], "rows": NOISE["noise 1"], "cell": np.where(CODES, "x", "y"), "0": CODES}
    )
    schema = infer_schema(frame)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        findings = audit_columns(schema, schema.parse(frame), CODES, 2)
    assert [finding.column for finding in findings] == ["cell", "0"]
