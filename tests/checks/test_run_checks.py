import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.checks import SEVERITIES, Finding, check_table
from demarcate.datasets import heart
from demarcate.errors import InputError, SettingError
from demarcate.tabular import as_frame, encode_labels, infer_schema


def spoiled():
    """Heart disease data with one fault of each kind."""
    generator = np.random.default_rng(3)
    frame = as_frame(heart().frame.with_columns(pl.col(pl.Enum).cast(pl.String)))
    frame = frame.with_columns(pl.col("sex", "cp", "fbs", "restecg", "exang", "ca").cast(pl.Int64))
    sick = frame["target"].to_numpy()
    shops = generator.integers(60, size=len(sick))
    columns = {
        "billed": np.where(sick == 1, "yes", "no"),
        "risk": sick + generator.normal(size=len(sick)) * 0.3,
        "shop": (np.bincount(shops, weights=sick) / np.maximum(np.bincount(shops), 1))[shops],
        "case": 1000 + np.cumsum(generator.integers(1, 4, size=len(sick))),
        "unit": ["mm"] * len(sick),
        "name": [f"P-{row}" for row in generator.permutation(len(sick))],
        "female": np.where(frame["sex"].to_numpy() == 0, "f", "m"),
        "asked": [None if gone else "yes" for gone in generator.random(len(sick)) < np.where(sick == 1, 0.5, 0.1)],
    }
    whole = frame.with_columns(pl.Series(name, cells) for name, cells in columns.items())
    return pl.concat([whole, whole[:15]])


def findings(frame):
    classes, codes = encode_labels(frame["target"])
    X = frame.drop("target")
    schema = infer_schema(X)
    return check_table(schema, schema.parse(X), codes, classes)


def test_every_fault_is_found_and_leaks_come_first():
    found = findings(spoiled())
    assert {(finding.severity, finding.rule, *finding.columns) for finding in found} == {
        ("leak", "giveaway", "billed"),
        ("leak", "encoding", "shop"),
        ("warning", "dominant", "risk"),
        ("warning", "duplicates"),
        ("warning", "identifier", "case"),
        ("note", "identifier", "name"),
        ("note", "constant", "unit"),
        ("note", "renamed", "female", "sex"),
        ("note", "missingness", "asked"),
    }
    order = [SEVERITIES.index(finding.severity) for finding in found]
    assert order == sorted(order)


def test_findings_are_ready_for_json():
    for finding in findings(spoiled()):
        document = json.loads(json.dumps(finding.to_json(), allow_nan=False))
        assert document["text"] == str(finding)
        assert tuple(document["columns"]) == finding.columns


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_neither_the_order_of_rows_nor_that_of_columns_matters(seed):
    generator = np.random.default_rng(seed)
    frame = spoiled()
    permuted = frame.select(generator.permutation(frame.columns).tolist())[generator.permutation(len(frame))]
    expected, found = findings(frame), findings(permuted)
    assert [finding.to_json() for finding in found] == [finding.to_json() for finding in expected]


cells = st.one_of(
    st.none(),
    st.sampled_from([0, 1, 2.5, -3, 1e300]),
    st.sampled_from(["a", "b", "", "7", "2021-03-04"]),
    st.booleans(),
)


@pytest.mark.filterwarnings("ignore:.*read as missing:demarcate.errors.InputWarning")
@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    n_rows=st.integers(2, 80),
    n_columns=st.integers(1, 4),
    n_classes=st.integers(1, 4),
    has_target=st.booleans(),
)
def test_no_table_is_too_odd(data, n_rows, n_columns, n_classes, has_target):
    kinds = [
        data.draw(st.sampled_from([st.floats(allow_nan=True), st.sampled_from("abc"), cells])) for _ in range(n_columns)
    ]
    columns = {
        f"c{place}": data.draw(st.lists(kind, min_size=n_rows, max_size=n_rows)) for place, kind in enumerate(kinds)
    }
    try:
        frame = as_frame(columns)
        schema = infer_schema(frame)
        parsed = schema.parse(frame)
    except InputError:
        return
    codes = np.array(data.draw(st.lists(st.integers(0, n_classes - 1), min_size=n_rows, max_size=n_rows)))
    target = (codes, np.arange(n_classes)) if has_target else ()
    for finding in check_table(schema, parsed, *target):
        json.dumps(finding.to_json(), allow_nan=False)


def test_without_a_target_only_checks_that_need_none_have_findings():
    frame = spoiled().drop("target")
    schema = infer_schema(frame)
    found = check_table(schema, schema.parse(frame))
    assert {finding.rule for finding in found} == {"duplicates", "identifier", "constant", "renamed"}
    assert not any("label" in str(finding) for finding in found)


def test_the_dropped_columns_of_a_table_without_a_used_one_are_noted():
    frame = as_frame({"unit": ["a"] * 40, "name": [f"n{row}" for row in range(40)]})
    schema = infer_schema(frame)
    assert [finding.rule for finding in check_table(schema, {})] == ["identifier", "constant"]


def test_a_severity_is_one_of_three():
    with pytest.raises(SettingError, match="one of leak, warning, note, got 'bad'"):
        Finding("constant", "bad", "text")
