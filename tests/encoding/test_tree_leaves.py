"""Leaves of trees as encoded columns: fit, state, and the rules for what a model file says of them."""

import json
import tracemalloc
import warnings
from copy import deepcopy
from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.encoding import tree_leaves as module
from demarcate.encoding.tree_leaves import OrderedColumn, TreeLeaves, check_state
from demarcate.tabular import infer_schema

KINDS = {"number": "numerical", "word": "categorical", "truth": "boolean", "day": "date", "note": "text"}


def mixed(n_rows=240, seed=0):
    draw = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "number": pl.Series(np.where(draw.random(n_rows) < 0.1, np.nan, draw.normal(size=n_rows))).fill_nan(None),
            "word": draw.choice(["a", "b", "c", "naïve ☂", None], n_rows).tolist(),
            "truth": draw.choice([True, False, None], n_rows).tolist(),
            "day": [datetime(2020, 1 + int(month), 1) for month in draw.integers(0, 12, n_rows)],
            "note": [
                f"{' '.join(draw.choice(['late', 'great', 'order', 'was', 'broken'], 5))} {row}"
                for row in range(n_rows)
            ],
        }
    )


def parsed_of(frame):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = infer_schema(frame)
        return schema, schema.parse(frame)


def classes_of(frame, n_classes=2):
    signal = (
        frame["word"].is_in(["a", "c"]).fill_null(value=False) ^ (frame["number"] > 0).fill_null(value=False)
    ).to_numpy()
    return (signal + np.arange(len(frame)) % (n_classes - 1)).astype(np.int64)


def fitted(frame, codes, rows=None, **settings):
    schema, parsed = parsed_of(frame)
    return TreeLeaves.fit(schema, parsed, np.arange(len(frame)) if rows is None else rows, codes, **settings), parsed


class TestOrder:
    def test_categories_are_in_the_order_of_their_classes(self):
        cells = pl.Series(["low"] * 50 + ["high"] * 50 + ["middle"] * 50 + ["rare"] * 4 + [None] * 6)
        codes = np.array([*(np.arange(50) < 5), *(np.arange(50) < 45), *(np.arange(50) < 25), 1, 1, 1, 1, *[0] * 6])
        column = OrderedColumn.fit("x", cells, codes.astype(int), 2)
        assert column.categories == ("high", "low", "middle")
        high, low, middle, others = column.places
        assert low < middle < high
        overall = (5 + 45 + 25 + 4) / 154
        assert high == pytest.approx((45 + 10 * overall) / 60 - overall)
        assert others == 0
        numbers = column.numbers(pl.Series(["middle", "rare", "never seen", None]))
        np.testing.assert_array_equal(numbers, [middle, 0, 0, np.nan])

    def test_of_several_classes_the_order_is_that_along_which_they_differ_most(self):
        draw = np.random.default_rng(0)
        words = draw.integers(0, 5, 2000)
        codes = np.clip(words + draw.integers(-1, 2, 2000), 0, 4)
        column = OrderedColumn.fit("x", pl.Series([f"w{word}" for word in words]), codes, 5)
        places = column.places[:-1]
        assert abs(np.corrcoef(np.arange(5), places)[0, 1]) > 0.8

    def test_weights_are_rows(self):
        cells, codes = pl.Series(["a", "b"] * 20), np.arange(40) // 2 % 2
        plain = OrderedColumn.fit("x", cells, codes, 2)
        assert np.array_equal(plain.places, OrderedColumn.fit("x", cells, codes, 2, np.full(40, 3.0)).places)
        assert plain.places[0] == plain.places[1]
        weighted = OrderedColumn.fit("x", cells, codes, 2, np.where(cells.to_numpy() == "a", 1.0 + codes, 1.0))
        assert weighted.places[0] > 0 > weighted.places[1]

    @pytest.mark.parametrize("cells", [[None] * 9, [str(at) for at in range(9)], ["a"] * 9])
    @pytest.mark.parametrize("n_classes", [1, 2, 4])
    def test_columns_without_several_categories_have_places_all_the_same(self, cells, n_classes):
        column = OrderedColumn.fit("x", pl.Series(cells, dtype=pl.String), np.arange(9) % n_classes, n_classes)
        assert np.isfinite(column.places).all()
        numbers = column.numbers(pl.Series(cells, dtype=pl.String))
        assert len(np.unique(numbers)) == 1


class TestFit:
    def test_each_row_has_a_one_in_each_tree(self):
        frame = mixed()
        leaves, parsed = fitted(frame, classes_of(frame))
        encoded = leaves.encode(parsed)
        assert (encoded.dtype, encoded.shape) == (np.float32, (240, leaves.width))
        assert leaves.width == leaves.n_trees * leaves.n_leaves == len(leaves.names()) == len(set(leaves.names()))
        assert set(np.unique(encoded)) == {0.0, 1.0}
        assert (encoded.reshape(240, leaves.n_trees, leaves.n_leaves).sum(2) == 1).all()
        assert np.array_equal(encoded.reshape(240, leaves.n_trees, -1).argmax(2).T, leaves.leaves(parsed))

    def test_trees_read_every_kind_of_column_but_text(self):
        frame = mixed()
        leaves, _ = fitted(frame, np.arange(240) % 2)
        assert {column.name for column in leaves.inputs} == {"number", "word", "truth", "day"}
        assert fitted(frame.select("note"), np.arange(240) % 2)[0] is None

    def test_only_columns_that_are_tested_are_kept(self):
        draw = np.random.default_rng(0)
        frame = pl.DataFrame({f"x{at}": draw.normal(size=60) for at in range(300)})
        leaves, parsed = fitted(frame, np.arange(60) % 2)
        assert len(leaves.inputs) == len(np.unique(leaves.trees.columns)) <= 3 * leaves.n_trees
        few = {column.name: parsed[column.name] for column in leaves.inputs}
        assert np.array_equal(leaves.encode(few), leaves.encode(parsed))

    def test_columns_of_the_leaves_are_those_of_trees_that_test_a_column(self):
        frame = mixed()
        leaves, parsed = fitted(frame, classes_of(frame))
        whole = leaves.encode(parsed)
        for name in ("number", "word", "truth", "day"):
            shuffled = {**parsed, name: parsed[name][np.random.default_rng(0).permutation(240)]}
            changed = np.flatnonzero((leaves.encode(shuffled) != whole).any(0))
            assert len(changed)
            columns = leaves.columns_of(name)
            assert set(changed) <= set(columns.tolist())
            assert np.array_equal(leaves.encode_columns_of(name, shuffled), leaves.encode(shuffled)[:, columns])
        assert len(leaves.columns_of("note")) == 0

    def test_only_training_rows_and_their_classes_and_weights_decide(self):
        frame, train = mixed(), np.arange(0, 240, 2)
        codes = classes_of(frame)
        others = np.arange(240) % 2 == 1
        changed = frame.with_columns(number=pl.when(pl.Series(others)).then(9.0).otherwise("number"))
        weights = np.random.default_rng(0).random(240)
        one, _ = fitted(frame, codes, train, weights=weights)
        other, _ = fitted(changed, np.where(others, 1 - codes, codes), train, weights=np.where(others, 5.0, weights))
        unweighted, _ = fitted(frame, codes, train)
        assert json.dumps(one.state[1]) == json.dumps(other.state[1])
        assert np.array_equal(one.state[0], other.state[0])
        assert not np.array_equal(one.state[0], unweighted.state[0])

    def test_of_very_many_rows_a_sample_decides(self, monkeypatch):
        monkeypatch.setattr(module, "MAX_FIT_ROWS", 100)
        frame = mixed()
        asked = []
        grow = module.grow_trees
        monkeypatch.setattr(module, "grow_trees", lambda *given, **named: asked.append(given) or grow(*given, **named))
        leaves, parsed = fitted(frame, classes_of(frame))
        again, _ = fitted(frame, classes_of(frame))
        assert [len(codes) for _, codes, *_ in asked] == [100, 100]
        assert np.array_equal(leaves.encode(parsed), again.encode(parsed))

    @pytest.mark.parametrize("n_classes", [2, 3, 100])
    def test_two_rows_or_one_class_among_them_will_do(self, n_classes):
        frame = mixed(200)
        codes = np.append(np.zeros(2, dtype=int), np.arange(198) % n_classes)
        leaves, parsed = fitted(frame, codes, np.arange(2))
        assert leaves.encode(parsed).sum() == 200 * leaves.n_trees

    def test_cells_never_seen_are_encoded(self):
        frame = mixed()
        leaves, _ = fitted(frame, classes_of(frame))
        strange = {
            "number": np.array([1e300, -1e300, np.nan]),
            "word": pl.Series(["new", "", None]),
            "truth": pl.Series([None, None, None], dtype=pl.String),
            "day": np.array([-1e11, 1e12, np.nan]),
        }
        assert leaves.encode(strange).sum() == 3 * leaves.n_trees
        assert leaves.encode({name: cells[:0] for name, cells in strange.items()}).shape == (0, leaves.width)

    def test_leaves_are_encoded_in_little_more_than_their_own_memory(self):
        draw = np.random.default_rng(0)
        frame = pl.DataFrame({f"x{at}": draw.normal(size=20_000) for at in range(20)})
        leaves, parsed = fitted(frame, np.arange(20_000) % 2, np.arange(500))
        tracemalloc.start()
        encoded = leaves.encode(parsed)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1.2 * encoded.nbytes


rows_of_a_table = st.lists(
    st.tuples(
        st.floats(allow_infinity=False) | st.none(),
        st.sampled_from(["a", "b", "c", None]),
        st.booleans() | st.none(),
        st.datetimes(datetime(1000, 1, 1)) | st.none(),
    ),
    min_size=2,
    max_size=40,
)


@settings(deadline=None, max_examples=15)
@given(rows=rows_of_a_table, n_classes=st.sampled_from([2, 3]), seed=st.integers(0, 3))
def test_the_state_survives_json_and_an_array_bit_for_bit(rows, n_classes, seed):
    schema = {"number": pl.Float64, "word": pl.String, "truth": pl.Boolean, "day": pl.Datetime}
    schema, parsed = parsed_of(pl.DataFrame(rows, schema=schema, orient="row"))
    if not schema.used:
        return
    leaves = TreeLeaves.fit(schema, parsed, np.arange(len(rows)), np.arange(len(rows)) % n_classes, seed=seed)
    array, own = leaves.state
    check_state(json.loads(json.dumps(own)), {column.name: column.kind for column in schema.used}, "a test")
    again = TreeLeaves.from_state(np.frombuffer(array.tobytes()), json.loads(json.dumps(own)))
    assert np.array_equal(again.encode(parsed), leaves.encode(parsed))
    assert again.state[1] == own
    assert again.state[0].tobytes() == array.tobytes()


STATE = {
    "inputs": [{"column": "number", "categories": None}, {"column": "word", "categories": ["a", "b"]}],
    "tests": [[0, 1], [1, 1]],
    "n_numbers": 7,
}


def changed(place, value):
    state = deepcopy(STATE)
    *path, last = place
    inner = state
    for key in path:
        inner = inner[key]
    inner[last] = value
    return state


def test_the_state_of_trees_is_taken():
    check_state(STATE, KINDS, "encoder 0")


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (["more"], 1, "do not have the keys"),
        (["inputs"], {}, "do not name the columns"),
        (["inputs"], [], "do not name the columns"),
        (["inputs", 0], "number", "do not name the columns"),
        (["inputs", 0], {"column": "number"}, "do not name the columns"),
        (["inputs", 0, "column"], ["number"], "do not name the columns"),
        (["inputs", 0, "column"], "unknown", "do not name the columns"),
        (["inputs", 0, "column"], "note", "do not name the columns"),
        (["inputs", 0, "column"], "word", "do not name the columns"),
        (["inputs", 0, "categories"], [], "do not name the columns"),
        (["inputs", 1, "categories"], None, "do not name the columns"),
        (["inputs", 1, "categories"], ["a", "a"], "do not name the columns"),
        (["inputs", 1, "categories"], ["a", 1], "do not name the columns"),
        (["inputs", 1], {"column": "number", "categories": None}, "name a column twice"),
        (["tests"], {}, "not lists of up to 8 columns"),
        (["tests"], [], "not lists of up to 8 columns"),
        (["tests"], [[]], "not lists of up to 8 columns"),
        (["tests"], [0, 1], "not lists of up to 8 columns"),
        (["tests", 0], [0], "not lists of up to 8 columns"),
        (["tests", 0, 0], 2, "not lists of up to 8 columns"),
        (["tests", 0, 0], -1, "not lists of up to 8 columns"),
        (["tests", 0, 0], True, "not lists of up to 8 columns"),
        (["tests", 0, 0], 0.0, "not lists of up to 8 columns"),
        (["tests"], [[0] * 9], "not lists of up to 8 columns"),
        (["tests"], [[0, 1]] * 5000, "16384 leaves in all"),
        (["tests"], [[1, 1], [1, 1]], "name a column that none of them tests"),
        (["n_numbers"], 8, "need 7 numbers"),
        (["n_numbers"], 7.0, "need 7 numbers"),
        (["n_numbers"], None, "need 7 numbers"),
    ],
)
def test_any_other_state_is_refused(place, value, reason):
    with pytest.raises(ValueError, match=rf"the trees of encoder 0 .*{reason}"):
        check_state(changed(place, value), KINDS, "encoder 0")


@pytest.mark.parametrize("state", [None, [], {"inputs": [], "tests": []}])
def test_what_is_no_state_at_all_is_refused(state):
    with pytest.raises(ValueError, match="do not have the keys"):
        check_state(state, KINDS, "encoder 0")


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 6])
def test_numbers_that_are_not_finite_are_refused(number, place):
    array = np.arange(7.0)
    assert TreeLeaves.from_state(array, STATE).width == 8
    array[place] = number
    with pytest.raises(ValueError, match="not finite"):
        TreeLeaves.from_state(array, STATE)
