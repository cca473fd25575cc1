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
from demarcate.tabular import TableEncoder, infer_schema

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
        warnings.filterwarnings("ignore", message=".*not seen in training.*")
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
    words, numbers = encoder.state()
    again = TableEncoder.restore(json.loads(json.dumps(words)), np.frombuffer(numbers.tobytes()), schema)
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
    schema = infer_schema(data.X, categorical=data.categorical)
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
