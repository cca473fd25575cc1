"""Made rows are taken by the model, and have the cells that go wrong elsewhere."""

import math
from dataclasses import replace

import numpy as np
import pytest
from random_models import random_model

from demarcate.encoding import NumericEncoder, PiecewiseEncoder, TableEncoder
from demarcate.export.made_rows import made_rows
from demarcate.tabular import Column, Schema

pytestmark = pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")


@pytest.mark.parametrize("seed", range(8))
def test_a_model_of_any_kind_takes_them(seed):
    model = random_model(seed, n_rows=1).model
    rows = made_rows(model, n_rows=40)
    assert list(rows) == [column.name for column in model.schema.used]
    probabilities = model.predict_proba(rows)
    assert probabilities.shape == (40, len(model.classes))
    assert len(np.unique(probabilities, axis=0)) > 1


def test_they_are_the_same_for_the_same_seed():
    model = random_model(3).model
    first, again, other = (repr(made_rows(model, 30, seed)) for seed in (0, 0, 1))
    assert first == again != other


def test_numbers_have_extremes_and_the_edges_of_bins():
    edges = np.array([1.25, 2.5, 7.75])
    encoder = PiecewiseEncoder(NumericEncoder(2.0, 2.0, 1.0, flag=True), edges)
    schema = Schema((Column("age", "numerical"),))
    model = replace(random_model(0).model, schema=schema, encoders=(TableEncoder(("age",), (encoder,)),))
    cells = made_rows(model, 200)["age"]
    assert {*edges.tolist(), 1e300, -1e300, math.inf, -math.inf} <= {*cells}
    assert None in cells


def test_words_have_other_spellings_unseen_and_missing_ones():
    for cells in made_rows(random_model(0, kinds=("boolean",)).model, 200).values():
        assert {"TRUE", "nein", " Yes ", "1.0", "NA", "perhaps", ""} <= {*cells}
