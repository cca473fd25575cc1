import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine import Training
from demarcate.errors import SettingError

REPEATABLE = settings(deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("field", "values"),
    {
        "optimizer": ["sgdm", "", None],
        "lr": [0, -1, math.nan, math.inf, True, "0.1", None],
        "weight_decay": [-1e-9, math.nan, math.inf, None],
        "momentum": [1, -0.1, math.nan, None],
        "betas": [(0.9,), (0.9, 1.0), (0.9, -0.1), 0.9, None, (0.9, 0.99, 0.999), ("0.9", 0.9)],
        "eps": [0, -1e-8, math.nan, math.inf],
        "schedule": ["linear", None],
        "init": ["zeros", None],
        "epochs": [0, -1, 1.5, True, None, "10"],
        "validate_every": [0, -1, 1.5, True, None, "10"],
        "tolerance": [-1e-9, math.nan, math.inf, True, None, "1"],
        "averaging": [-1e-9, math.nan, math.inf, True, None, "1"],
        "warmup": [-1e-9, math.nan, math.inf, True, None, "1"],
        "decay_biases": [0, 1, None, "False"],
        "batch_size": [0, -1, 1.5, True, "32"],
        "patience": [0, -1, 1.5, True],
    }.items(),
)
def test_a_value_out_of_range_is_refused_and_its_field_named(field, values):
    for value in values:
        with pytest.raises(SettingError, match=rf"^{field} must be .*, got "):
            Training(**{field: value})


@REPEATABLE
@given(
    optimizer=st.sampled_from(["sgd", "adam", "adamw"]),
    lr=st.floats(0, 10, exclude_min=True),
    weight_decay=st.floats(0, 1),
    momentum=st.floats(0, 1, exclude_max=True),
    betas=st.tuples(st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True)),
    eps=st.floats(0, 1, exclude_min=True),
    schedule=st.sampled_from(["constant", "cosine"]),
    epochs=st.integers(1, 10**6),
    batch_size=st.none() | st.integers(1, 10**6),
    patience=st.none() | st.integers(1, 10**6),
    validate_every=st.integers(1, 10**6),
    tolerance=st.floats(0, 1e6),
    averaging=st.floats(0, 1e6),
    init=st.sampled_from(["torch", "he"]),
    warmup=st.floats(0, 1e6),
    decay_biases=st.booleans(),
)
def test_every_value_in_range_is_taken_as_given(**values):
    assert dataclasses.asdict(Training(**values)) == values


def test_numbers_of_numpys_become_pythons():
    training = Training(
        lr=np.float32(0.5),
        betas=np.array([0.5, 0.75]),
        epochs=np.int64(3),
        batch_size=np.int32(2),
        patience=np.uint8(1),
        decay_biases=np.bool_(False),
    )
    assert training == Training(lr=0.5, betas=(0.5, 0.75), epochs=3, batch_size=2, patience=1, decay_biases=False)
    assert json.loads(json.dumps(dataclasses.asdict(training)))["epochs"] == 3


@REPEATABLE
@given(st.integers(1, 500), st.none() | st.integers(1, 600))
def test_steps_cover_every_row_and_no_step_is_empty(n_rows, batch_size):
    steps = Training(batch_size=batch_size).steps(n_rows)
    assert steps == len(range(0, n_rows, batch_size or n_rows))
