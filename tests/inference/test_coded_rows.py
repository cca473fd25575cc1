"""Rows of requests as numbers, and what is computed from them together."""

import numpy as np
import polars as pl
import pytest

from demarcate.encoding import TableEncoder
from demarcate.errors import ColumnProblem, InputError
from demarcate.inference import NumpyPredictor
from demarcate.inference.batch_computer import BatchComputer
from demarcate.inference.coded_rows import CodedRows
from demarcate.inference.row_coder import RowCoder
from demarcate.nn import Network, ResidualNetwork, family_of
from demarcate.tabular.schema import Column, Schema

ROW = {"age": 50, "pain": 0.5, "thal": "normal"}
SCHEMA = Schema(
    (
        Column("age", "numerical"),
        Column("pain", "numerical"),
        Column("thal", "categorical", categories=("fixed", "normal", "reversible")),
    )
)
NETWORKS = (Network(hidden=(6, 5)), ResidualNetwork(hidden=(7, 3)), Network(hidden=()))


@pytest.fixture(scope="module")
def model():
    """A model of networks that were not trained, of both families, behind encoders with and without trees."""
    draw = np.random.default_rng(0)
    parsed = {
        "age": draw.normal(50, 10, 60),
        "pain": np.where(draw.random(60) < 0.1, np.nan, draw.normal(0, 1, 60)),
        "thal": pl.Series(draw.choice(["fixed", "normal", "reversible"], 60)),
    }
    rows, codes = np.arange(60), draw.integers(0, 2, 60)
    encoders = (
        TableEncoder.fit(SCHEMA, parsed, rows),
        TableEncoder.fit(SCHEMA, parsed, rows, codes=codes).with_trees(SCHEMA, parsed, rows, codes),
    )
    states = []
    for network, encoder in zip(NETWORKS, (0, 1, 1), strict=True):
        shapes = family_of(network).shapes(network.widths(encoders[encoder].n_encoded, 2))
        states.append([tuple(draw.normal(0, 0.3, own).astype(np.float32) for own in layer) for layer in shapes])
    return NumpyPredictor(
        schema=SCHEMA,
        encoders=encoders,
        encoding=(0, 1, 1),
        classes=np.array(["ill", "well"]),
        networks=NETWORKS,
        states=tuple(states),
        head="softmax",
    )


def test_cells_are_numbers_and_codes_in_the_order_of_the_schema(model):
    coded = RowCoder(model).code([ROW, {"age": None, "pain": "1e1", "thal": ""}, {**ROW, "thal": "never seen"}])
    np.testing.assert_array_equal(coded.values, [[50, 0.5, 1], [np.nan, 10, np.nan], [50, 0.5, 3]])


def test_a_new_category_is_a_warning_with_its_place(model):
    coded = RowCoder(model).code([ROW, {**ROW, "thal": "never seen"}])
    assert [(own.row, own.column, own.kind) for own in coded.warnings] == [(2, "thal", "unseen category")]
    assert "'never seen'" in coded.warnings[0].text
    assert coded.outside == {"thal": 1}
    assert coded.is_outside
    assert coded.notes


def test_a_row_without_a_column_that_others_have_is_warned_of(model):
    coded = RowCoder(model).code([ROW, {"age": 50, "pain": 1}])
    assert [(own.row, own.column, own.kind) for own in coded.warnings] == [(2, "thal", "read as missing")]
    assert np.isnan(coded.values[1, 2])


def test_every_bad_cell_has_its_row_and_column(model):
    rows = [ROW, {**ROW, "age": "old"}, {**ROW, "age": "older", "pain": "much"}]
    with pytest.raises(InputError) as caught:
        RowCoder(model).code(rows)
    problems = caught.value.problems
    assert all(isinstance(problem, ColumnProblem) for problem in problems)
    places = [(part.row, part.column, part.value) for problem in problems for part in problem.parts]
    assert places == [(2, "age", "old"), (3, "age", "older"), (3, "pain", "much")]


def test_every_missing_column_is_named(model):
    with pytest.raises(InputError) as caught:
        RowCoder(model).code([{"Age": 50}])
    (renamed, absent) = caught.value.problems
    assert [(part.row, part.column) for part in (*renamed.parts, *absent.parts)] == [
        (None, "age"),
        (None, "pain"),
        (None, "thal"),
    ]


def test_joined_rows_have_the_bits_that_they_have_alone(model):
    coder, computer = RowCoder(model), BatchComputer(model)
    draw = np.random.default_rng(0)
    ages = draw.normal(50, 20, 40).tolist()
    requests = [coder.code([{**ROW, "age": age}]) for age in ages]
    together = computer.member_probabilities(CodedRows.join(requests))
    for place, request in enumerate(requests):
        np.testing.assert_array_equal(computer.member_probabilities(request)[:, 0], together[:, place])


def test_coded_rows_are_predicted_as_the_table_that_they_are(model):
    rows = [ROW, {"age": "61", "pain": None, "thal": "fixed"}, {**ROW, "thal": "reversible"}]
    computed = BatchComputer(model).probabilities(RowCoder(model).code(rows))
    np.testing.assert_allclose(computed, model.predict_proba(rows), atol=1e-6)


def test_rows_that_name_thousands_of_columns_are_refused_before_their_table_is_made(model):
    rows = [{f"column {number}": 1} for number in range(1000)]
    with pytest.raises(InputError, match="name 1,000 columns, and have 1"):
        RowCoder(model).code(rows)


def test_rows_may_have_many_columns_if_all_of_them_have_them(model):
    row = {**ROW, **{f"column {number}": 1 for number in range(50)}}
    assert len(RowCoder(model).code([row] * 3)) == 3


def test_so_many_cells_are_warned_of_and_the_rest_is_noted(model, monkeypatch):
    monkeypatch.setattr("demarcate.inference.row_coder.MAX_WARNINGS", 4)
    coded = RowCoder(model).code([ROW, {}, {}, {}])
    assert [warning.row for warning in coded.warnings] == [2, 2, 2, 3]
    assert any("the first of them are listed" in note for note in coded.notes)


def test_a_column_without_a_name_is_noted_and_nothing_is_printed(model):
    assert any("columns without a name" in note for note in RowCoder(model).code([{**ROW, "": 1}]).notes)


@pytest.mark.parametrize(
    "other", [{"id": 7}, {"id": "x", "Größe": None}, {"note": "a" * 9, "id": 1.5, "b": 1, "c": 2, "d": 3, "e": 4}]
)
def test_cells_of_unknown_columns_are_noted_and_change_nothing(model, other):
    rows = [{**other, **ROW}, {**ROW, "age": 1e6, **other}]
    coder = RowCoder(model)
    plain, through_a_table = coder.code_plainly(rows), coder.code_table(rows)
    np.testing.assert_array_equal(plain.values, through_a_table.values)
    assert plain.notes == through_a_table.notes
    assert "unknown columns are not used" in plain.notes[0]


@pytest.mark.parametrize("name", ["", " ", " age", "*", "^a$", "a\nb"])
def test_odd_names_of_unknown_columns_are_for_the_table_reader(model, name):
    assert RowCoder(model).code_plainly([{**ROW, name: 1}]) is None
