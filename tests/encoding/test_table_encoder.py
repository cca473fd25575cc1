import json
import tracemalloc
import warnings
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.datasets import heart
from demarcate.encoding import TableEncoder
from demarcate.encoding.piecewise import MAX_TABLE_BINS, MIN_BINS
from demarcate.tabular import infer_schema
from demarcate.tabular.column_options import ColumnOptions

rows_of_a_table = st.lists(
    st.tuples(
        st.floats(allow_infinity=False) | st.none(),
        st.sampled_from(["a", "b", "c", None]),
        st.booleans() | st.none(),
        st.dates(date(1000, 1, 1)) | st.none(),
    ),
    min_size=2,
    max_size=30,
)


def table(rows: list) -> pl.DataFrame:
    schema = {"number": pl.Float64, "word": pl.String, "truth": pl.Boolean, "day": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def mixed(n_rows: int = 60) -> pl.DataFrame:
    generator = np.random.default_rng(5)
    days = [date(2020, 1, 1) + timedelta(days=int(day)) for day in generator.integers(0, 900, n_rows)]
    frame = pl.DataFrame(
        {
            "number": generator.normal(50, 9, n_rows),
            "word": generator.choice(["a", "b", "c"], n_rows),
            "truth": generator.random(n_rows) < 0.3,
            "day": days,
            "unit": ["mg"] * n_rows,
        }
    )
    return frame.with_columns(pl.when(pl.col("number") > 40).then(pl.col("number")))


@settings(max_examples=50, deadline=None)
@given(rows=rows_of_a_table, others=rows_of_a_table)
def test_a_matrix_is_finite_and_of_one_width_whatever_the_rows(rows, others):
    frame = table(rows)
    schema = infer_schema(frame)
    if not schema.used:
        return
    encoder = TableEncoder.fit(schema, schema.parse(frame), np.arange(len(rows) // 2 + 1))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*outside what was trained on.*")
        parsed = [schema.parse(frame), schema.parse(table(others)), schema.parse(frame.clear())]
    for cells, n_rows in zip(parsed, (len(rows), len(others), 0), strict=True):
        matrix = encoder.encode(cells)
        assert matrix.dtype == np.float32
        assert matrix.shape == (n_rows, encoder.n_encoded)
        assert np.isfinite(matrix).all()


@settings(max_examples=30, deadline=None)
@given(rows=rows_of_a_table, others=rows_of_a_table)
def test_rows_that_are_not_given_change_nothing(rows, others):
    frame = pl.concat([table(rows), table(others)])
    schema = infer_schema(frame)
    if not schema.used:
        return
    parsed, train = schema.parse(frame), np.arange(len(rows))
    alone = {name: cells[: len(rows)] for name, cells in parsed.items()}
    among = TableEncoder.fit(schema, parsed, train)
    assert np.array_equal(among.encode(parsed), TableEncoder.fit(schema, alone, train).encode(parsed))


def test_the_state_survives_json_and_an_array():
    frame = mixed()
    schema = infer_schema(frame)
    parsed = schema.parse(frame)
    encoder = TableEncoder.fit(schema, parsed, np.arange(40))
    entry, numbers = encoder.state()
    again = TableEncoder.from_state(json.loads(json.dumps(entry)), np.frombuffer(numbers.tobytes()), schema)
    assert again.columns == encoder.columns == ("number", "word", "truth", "day")
    assert np.array_equal(again.encode(parsed), encoder.encode(parsed))
    assert again.names() == encoder.names()


def test_names_say_what_each_column_of_the_matrix_is():
    frame = mixed()
    schema = infer_schema(frame)
    encoder = TableEncoder.fit(schema, schema.parse(frame), np.arange(60))
    assert encoder.names() == [
        *["number", "number is missing", "word = a", "word = b", "word = c", "truth = false", "truth = true", "day"],
        *[f"day: {wave} of day of {cycle}" for cycle in ("year", "week") for wave in ("sine", "cosine")],
    ]


def test_a_row_is_encoded_alike_alone_and_among_others():
    frame = mixed()
    schema = infer_schema(frame)
    encoder = TableEncoder.fit(schema, schema.parse(frame), np.arange(40))
    whole = encoder.encode(schema.parse(frame))
    for row in (0, 17, 59):
        assert np.array_equal(encoder.encode(schema.parse(frame[row : row + 1]))[0], whole[row])
    assert np.array_equal(encoder.encode(schema.parse(frame.reverse())), whole[::-1])


def test_training_rows_of_heart_are_standardised():
    data = heart()
    schema = infer_schema(data.X, ColumnOptions.of(categorical=data.categorical))
    parsed, train = schema.parse(data.X), np.arange(0, 303, 2)
    encoder = TableEncoder.fit(schema, parsed, train)
    matrix = encoder.encode(parsed)
    age = encoder.names().index("age")
    assert matrix[train, age].mean() == pytest.approx(0, abs=1e-5)
    assert matrix[train, age].std() == pytest.approx(1, abs=1e-5)


def test_without_standardising_numbers_pass_as_they_are():
    frame = pl.DataFrame({"x": [1.5, 2.5, 40.0]})
    schema = infer_schema(frame)
    parsed = schema.parse(frame)
    encoder = TableEncoder.fit(schema, parsed, np.arange(3), standardise=False)
    assert encoder.encode(parsed)[:, 0].tolist() == [1.5, 2.5, 40.0]


def test_encoding_takes_the_memory_of_the_matrix_and_of_one_column():
    draw = np.random.default_rng(0)
    frame = pl.DataFrame({f"amount {index}": draw.normal(size=20_000) for index in range(40)})
    schema = infer_schema(frame)
    parsed = schema.parse(frame)
    encoder = TableEncoder.fit(schema, parsed, np.arange(len(frame)))
    tracemalloc.start()
    matrix = encoder.encode(parsed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < matrix.nbytes + 4 * parsed["amount 0"].nbytes


class TestPieces:
    def wide(self, n_columns, n_rows=200):
        draw = np.random.default_rng(0)
        frame = pl.DataFrame({f"x{index}": draw.normal(size=n_rows) for index in range(n_columns)})
        schema = infer_schema(frame)
        return schema, schema.parse(frame), draw.integers(0, 2, n_rows)

    def test_with_codes_numbers_alone_are_cut_into_pieces(self):
        frame = mixed()
        schema = infer_schema(frame)
        parsed = schema.parse(frame)
        codes = (np.nan_to_num(parsed["number"]) > 50).astype(int)
        encoder = TableEncoder.fit(schema, parsed, np.arange(60), codes=codes)
        assert encoder.kinds == ("piecewise", "categorical", "categorical", "date")
        assert TableEncoder.fit(schema, parsed, np.arange(60)).kinds == ("numeric", *encoder.kinds[1:])
        (cut,) = encoder.encoders[0].edges[1:-1]
        assert cut == pytest.approx(50, abs=2)
        assert encoder.names()[:4] == ["number", "number is missing", *encoder.names()[2:4]]
        assert encoder.columns_of("number") == slice(0, 4)
        assert encoder.columns_of("word") == slice(4, 7)

    def test_only_training_rows_and_their_classes_decide_where(self):
        schema, parsed, codes = self.wide(2)
        train = np.arange(0, 200, 2)
        encoder = TableEncoder.fit(schema, parsed, train, codes=codes)
        others = np.where(np.arange(200) % 2, 1 - codes, codes)
        changed = {name: np.where(np.arange(200) % 2, 9e9, cells) for name, cells in parsed.items()}
        again = TableEncoder.fit(schema, changed, train, codes=others)
        assert again.state()[1].tolist() == encoder.state()[1].tolist()

    @pytest.mark.parametrize(("n_columns", "most"), [(1, 16), (64, 16), (65, 15), (256, 4)])
    def test_all_columns_together_have_no_more_than_so_many_pieces(self, n_columns, most):
        schema, parsed, _ = self.wide(n_columns)
        # The column that says the class best: it goes up and down with it.
        parsed["x0"] = np.repeat(np.arange(20.0), 10) + 0.01 * (np.arange(200) % 10)
        codes = (parsed["x0"].astype(int) % 2).astype(int)
        encoder = TableEncoder.fit(schema, parsed, np.arange(200), codes=codes)
        assert set(encoder.kinds) == {"piecewise"}
        widths = [len(each.edges) - 1 for each in encoder.encoders]
        assert widths[0] == max(widths) == most
        assert sum(widths) <= MAX_TABLE_BINS

    def test_a_table_too_wide_for_pieces_has_none(self):
        schema, parsed, codes = self.wide(MAX_TABLE_BINS // MIN_BINS + 1, 40)
        encoder = TableEncoder.fit(schema, parsed, np.arange(40), codes=codes)
        assert set(encoder.kinds) == {"numeric"}
        plain = TableEncoder.fit(schema, parsed, np.arange(40))
        assert np.array_equal(encoder.encode(parsed), plain.encode(parsed))

    def test_categories_do_not_count_among_the_columns_that_pieces_are_shared_by(self):
        schema, parsed, _ = self.wide(1)
        frame = pl.DataFrame({"x0": parsed["x0"]} | {f"w{index}": ["a", "b"] * 100 for index in range(600)})
        schema = infer_schema(frame)
        encoder = TableEncoder.fit(schema, schema.parse(frame), np.arange(200), codes=np.arange(200) % 2)
        assert encoder.kinds == ("piecewise", *["categorical"] * 600)

    def test_the_state_survives_json_and_an_array(self):
        frame = mixed()
        schema = infer_schema(frame)
        parsed = schema.parse(frame)
        encoder = TableEncoder.fit(schema, parsed, np.arange(40), codes=(np.nan_to_num(parsed["number"]) > 50) * 1)
        entry, numbers = encoder.state()
        assert entry["columns"][0] == {"column": "number", "encoder": "piecewise", "n_numbers": 7, "flag": True}
        again = TableEncoder.from_state(json.loads(json.dumps(entry)), np.frombuffer(numbers.tobytes()), schema)
        assert np.array_equal(again.encode(parsed), encoder.encode(parsed))
        assert (again.names(), again.kinds) == (encoder.names(), encoder.kinds)


@pytest.mark.parametrize(
    ("place", "kind"),
    [(0, "categorical"), (0, "date"), (1, "numeric"), (1, "piecewise"), (2, "date"), (3, "piecewise"), (3, "numeric")],
)
def test_an_encoder_that_does_not_read_such_a_column_is_refused(place, kind):
    frame = mixed()
    schema = infer_schema(frame)
    entry, numbers = TableEncoder.fit(schema, schema.parse(frame), np.arange(60)).state()
    entry["columns"][place] = {**entry["columns"][place], "encoder": kind}
    name = ("number", "word", "truth", "day")[place]
    with pytest.raises(ValueError, match=rf"the encoder '{kind}' does not read the \w+ column '{name}'"):
        TableEncoder.from_state(entry, numbers, schema)


def test_there_is_an_encoder_for_each_column_that_is_used():
    frame = mixed()
    schema = infer_schema(frame)
    entry, numbers = TableEncoder.fit(schema, schema.parse(frame), np.arange(60)).state()
    with pytest.raises(ValueError, match="longer than argument 1"):
        TableEncoder.from_state({**entry, "columns": entry["columns"][:-1]}, numbers, schema)


class TestTrees:
    def with_trees(self, frame, rows=None, n_classes=2):
        schema = infer_schema(frame)
        parsed = schema.parse(frame)
        rows = np.arange(len(frame)) if rows is None else rows
        codes = ((np.nan_to_num(parsed["number"]) > 50) ^ (np.arange(len(frame)) % 3 > 0)) % n_classes
        plain = TableEncoder.fit(schema, parsed, rows, codes=codes)
        return schema, parsed, plain, plain.with_trees(schema, parsed, rows, codes)

    def test_leaves_stand_behind_the_columns_own_encodings(self):
        _, parsed, plain, encoder = self.with_trees(mixed())
        assert encoder.n_encoded == plain.n_encoded + 192 == len(encoder.names())
        assert encoder.names()[: plain.n_encoded] == plain.names()
        assert encoder.names()[plain.n_encoded] == "tree 1, leaf 1"
        for encode in ("encode", "encode_for_training"):
            matrix = getattr(encoder, encode)(parsed)
            assert np.array_equal(matrix[:, : encoder.first_leaf], getattr(plain, encode)(parsed))
            assert np.array_equal(matrix[:, encoder.first_leaf :], encoder.leaves.encode(parsed))
        assert [encoder.columns_of(name) for name in encoder.columns] == [*map(plain.columns_of, plain.columns)]
        assert (plain.file_format, encoder.file_format) == (3, 6)

    def test_the_encoder_of_some_columns_has_no_leaves(self):
        _, parsed, plain, encoder = self.with_trees(mixed())
        chosen = encoder.select(["truth", "number"])
        assert chosen.leaves is None
        assert np.array_equal(chosen.encode(parsed), plain.select(["truth", "number"]).encode(parsed))

    def test_columns_that_depend_on_a_column_of_the_table_are_all_that_change_with_it(self):
        _, parsed, plain, encoder = self.with_trees(mixed())
        matrix = encoder.encode(parsed)
        for name in encoder.columns:
            shuffled = {**parsed, name: parsed[name][np.random.default_rng(0).permutation(60)]}
            reading = encoder.columns_reading(name)
            expected = matrix.copy()
            expected[:, reading] = encoder.encode_reading(name, shuffled)
            assert np.array_equal(encoder.encode(shuffled), expected)
            own = np.arange(plain.n_encoded)[plain.columns_of(name)]
            assert np.array_equal(plain.columns_reading(name), own)
            assert np.array_equal(reading[: len(own)], own)
            assert np.array_equal(
                plain.encode_reading(name, shuffled), encoder.encode_reading(name, shuffled)[:, : len(own)]
            )

    def test_rows_of_a_table_are_encoded_a_slice_at_a_time(self):
        _, parsed, _, encoder = self.with_trees(mixed(), np.arange(0, 60, 2))
        whole = encoder.encode_for_training(parsed)
        for rows in (slice(0, 7), slice(7, 8), slice(8, 60), slice(60, 60)):
            own = {name: cells[rows] for name, cells in parsed.items()}
            assert np.array_equal(encoder.encode_for_training(own, rows), whole[rows])

    @settings(max_examples=10, deadline=None)
    @given(rows=rows_of_a_table, others=rows_of_a_table)
    def test_the_state_survives_json_and_an_array_bit_for_bit(self, rows, others):
        frame = table(rows)
        schema = infer_schema(frame)
        if not schema.used:
            return
        parsed, every, codes = schema.parse(frame), np.arange(len(rows)), np.arange(len(rows)) % 2
        encoder = TableEncoder.fit(schema, parsed, every, codes=codes).with_trees(schema, parsed, every, codes)
        entry, numbers = encoder.state()
        again = TableEncoder.from_state(json.loads(json.dumps(entry)), np.frombuffer(numbers.tobytes()), schema)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*outside what was trained on.*")
            cells = schema.parse(table(others))
        assert again.encode(cells).tobytes() == encoder.encode(cells).tobytes()
        assert (again.names(), again.state()[0]) == (encoder.names(), entry)
        assert again.state()[1].tobytes() == numbers.tobytes()
