import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.encoding import CategoricalEncoder, TableEncoder
from demarcate.encoding.base import FitContext
from demarcate.encoding.categorical_target import (
    MANY_CATEGORIES,
    MIN_CATEGORIES,
    RARE_ROWS,
    CategoricalTargetEncoder,
)
from demarcate.encoding.target_statistics import MAX_CLASSES
from demarcate.errors import SettingError
from demarcate.tabular import infer_schema
from demarcate.tabular.column_options import ColumnOptions

N_ROWS = 3000


@pytest.fixture(scope="module")
def column():
    """Cities whose rows are of class 1 with a share of their own, some cells missing, and classes."""
    draw = np.random.default_rng(0)
    city = draw.integers(0, 300, N_ROWS)
    shares = draw.beta(1, 1, 301)
    codes = (draw.random(N_ROWS) < shares[city]).astype(np.int64)
    return pl.Series([None if at == 17 else f"city {at}" for at in city], dtype=pl.String), codes


@pytest.fixture(scope="module")
def encoder(column):
    cells, codes = column
    return CategoricalTargetEncoder.fit(cells, np.arange(N_ROWS), FitContext(codes=codes))


def table_encoder(cells, codes, rows=None):
    frame = pl.DataFrame({"city": cells})
    schema = infer_schema(frame, ColumnOptions(categorical=("city",)))
    rows = np.arange(len(cells)) if rows is None else rows
    return TableEncoder.fit(schema, schema.parse(frame), rows, codes=codes)


def test_the_one_hot_columns_are_those_of_the_plain_encoder_and_a_score_follows(column, encoder):
    cells, _ = column
    plain = CategoricalEncoder.fit(cells, np.arange(N_ROWS))
    assert np.array_equal(encoder.encode(cells)[:, :-1], plain.encode(cells))
    assert encoder.names("city") == [*plain.names("city"), "city: log odds"]


def test_a_score_rises_with_the_share_of_its_category(column, encoder):
    cells, codes = column
    score = encoder.scores(cells)[:, 0]
    rates = pl.DataFrame({"city": cells, "code": codes, "score": score}).group_by("city").mean()
    assert np.corrcoef(rates["code"], rates["score"])[0, 1] > 0.9


def test_unseen_categories_are_scored_as_rare_ones_and_missing_cells_on_their_own(column):
    cells = pl.Series([*(f"city {at % 40}" for at in range(800)), *(f"once {at}" for at in range(60)), *[None] * 100])
    codes = np.array([*((at % 40) % 2 for at in range(800)), *[1] * 60, *[0] * 100])
    encoder = CategoricalTargetEncoder.fit(cells, np.arange(960), FitContext(codes=codes))
    assert encoder.known == tuple(sorted(f"city {at}" for at in range(40)))
    rare, unseen, missing = encoder.scores(pl.Series(["once 3", "never seen", None]))[:, 0]
    assert rare == unseen > 1
    assert missing < -1


@pytest.mark.parametrize(
    ("n_categories", "n_rows", "kind"),
    [
        (MANY_CATEGORIES, 3000, "categorical_target"),
        (MANY_CATEGORIES - 2, 3000, "categorical"),
        (MANY_CATEGORIES - 2, (RARE_ROWS - 1) * (MANY_CATEGORIES - 2), "categorical_target"),
        (MIN_CATEGORIES, (RARE_ROWS - 1) * MIN_CATEGORIES, "categorical_target"),
        (MIN_CATEGORIES - 2, (RARE_ROWS - 1) * (MIN_CATEGORIES - 2), "categorical"),
    ],
)
def test_columns_of_few_categories_with_rows_enough_are_encoded_as_ever(n_categories, n_rows, kind):
    codes = np.arange(n_rows) % 2
    cells = pl.Series([f"city {at % n_categories}" for at in range(n_rows)])
    assert table_encoder(cells, codes).kinds == (kind,)


def test_categories_that_do_not_separate_the_classes_have_no_score(column):
    cells, _ = column
    for seed in range(5):
        codes = np.random.default_rng(100 + seed).integers(0, 2, N_ROWS)
        encoder = table_encoder(cells, codes)
        assert encoder.kinds == ("categorical",)
        assert encoder.cross_fit is None


@pytest.mark.parametrize("n_classes", [MAX_CLASSES, MAX_CLASSES + 1])
def test_more_classes_than_there_could_be_columns_for_have_no_scores(n_classes):
    codes = np.arange(N_ROWS) % n_classes
    cells = pl.Series([f"city {code} {at // 36 % 5}" for at, code in enumerate(codes)])
    encoder = table_encoder(cells, codes)
    assert encoder.kinds == ("categorical_target" if n_classes == MAX_CLASSES else "categorical",)


def test_a_network_that_trains_on_noise_is_not_given_the_answer(column):
    cells, _ = column
    codes = np.random.default_rng(103).integers(0, 2, N_ROWS)
    context = FitContext(codes=codes)
    odds = CategoricalTargetEncoder.fit(cells, np.arange(N_ROWS), context)
    names = tuple(cells.drop_nulls().unique().sort())
    forced = CategoricalTargetEncoder(odds.one_hot, names, np.zeros((len(names) + 2, 1)))
    leaky = forced.refit(cells, np.arange(N_ROWS), context).scores(cells)[:, 0]
    half = np.arange(N_ROWS) % 2 == 0
    honest = forced.refit(cells, np.flatnonzero(half), context).scores(cells.filter(~half))[:, 0]
    assert abs(np.corrcoef(honest, codes[~half])[0, 1]) < 0.05
    assert np.isfinite(leaky).all()


def test_only_the_given_rows_are_learned_from(column, encoder):
    cells, codes = column
    more = cells.append(pl.Series(["city 1"] * 50))
    again = CategoricalTargetEncoder.fit(more, np.arange(N_ROWS), FitContext(codes=np.append(codes, [1] * 50)))
    assert again.known == encoder.known
    assert np.array_equal(again.odds, encoder.odds)


def test_the_state_survives_json_and_an_array(column, encoder):
    cells, _ = column
    array, fields = encoder.state
    assert len(array) in CategoricalTargetEncoder.state_sizes_for(fields)
    again = CategoricalTargetEncoder.from_state(array.copy(), json.loads(json.dumps(fields)))
    assert np.array_equal(again.encode(cells), encoder.encode(cells))
    assert again.names("x") == encoder.names("x")


@settings(max_examples=50, deadline=None)
@given(
    cells=st.lists(st.sampled_from(["a", "b", "c", "", "ä", None]), min_size=1, max_size=40),
    others=st.lists(st.text(max_size=2) | st.none(), max_size=20),
    data=st.data(),
)
def test_rows_are_finite_and_have_one_width_whatever_the_cells(cells, others, data):
    codes = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(cells), max_size=len(cells))))
    column, context = pl.Series(cells, dtype=pl.String), FitContext(codes=np.append(codes, 2))
    encoder = CategoricalTargetEncoder.fit(column, np.arange(len(cells)), context)
    encoder = CategoricalTargetEncoder(encoder.one_hot, ("a", "b"), np.zeros((4, 3)))
    for fitted in (encoder, encoder.refit(column, np.arange(0), context)):
        for some in (column, pl.Series(others, dtype=pl.String)):
            encoded = fitted.encode(some)
            assert encoded.dtype == np.float32
            assert encoded.shape == (len(some), len(encoder.names("x")))
            assert np.isfinite(encoded).all()


@pytest.mark.parametrize("odds", [np.zeros((2, 1)), np.full((3, 1), np.nan), np.full((3, 1), 101.0)])
def test_a_state_that_cannot_be_is_refused(encoder, odds):
    with pytest.raises(SettingError, match=r"scores within .-100 for each category"):
        CategoricalTargetEncoder(encoder.one_hot, ("a",), odds)
