import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import SettingError
from demarcate.nn import ACTIVATIONS, Network

REPEATABLE = settings(deadline=None, derandomize=True)


@pytest.mark.parametrize(
    "hidden", [0, -1, 8.5, math.nan, math.inf, True, None, "8", (0,), (8, -2), (8, "4"), (None,), (10, True), ((8,),)]
)
def test_widths_that_are_not_whole_numbers_from_one_up_are_refused(hidden):
    with pytest.raises(SettingError, match=r"^hidden widths must be whole numbers from 1 up, got "):
        Network(hidden=hidden)


@pytest.mark.parametrize("dropout", [1, 1.5, -0.1, math.nan, True, None, "0.5"])
@pytest.mark.parametrize("field", ["dropout", "input_dropout"])
def test_a_dropout_that_is_not_a_share_below_one_is_refused(field, dropout):
    with pytest.raises(SettingError, match=rf"^{field} must be at least 0 and below 1, got "):
        Network(**{field: dropout})


@pytest.mark.parametrize("activation", ["swish", "ReLU", "", None, ["relu"]])
def test_an_unknown_activation_is_refused_and_the_known_ones_named(activation):
    with pytest.raises(SettingError, match=r"^activation must be one of relu, tanh, .*none, got "):
        Network(activation=activation)


@pytest.mark.parametrize("head", ["sigmoid", "", None])
def test_an_unknown_head_is_refused_and_the_known_ones_named(head):
    with pytest.raises(SettingError, match=r"^head must be one of auto, softmax, logit, got "):
        Network(head=head)


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [(8, (8,)), ([8, 4], (8, 4)), ((), ()), ([], ()), (8.0, (8,)), (np.int64(3), (3,)), (np.array([2, 3]), (2, 3))],
)
def test_widths_are_kept_as_a_tuple_of_python_ints(hidden, expected):
    kept = Network(hidden=hidden).hidden
    assert kept == expected
    assert all(type(width) is int for width in kept)


def test_a_dropout_of_numpys_is_kept_as_a_python_float():
    assert type(Network(dropout=np.float32(0.5)).dropout) is float


def test_a_network_is_frozen_and_equal_networks_hash_alike():
    network = Network(hidden=[8, 8])
    assert {network: 1}[Network(hidden=(8, 8))] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        network.dropout = 0.5


@REPEATABLE
@given(
    hidden=st.lists(st.integers(1, 10_000), max_size=5),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    dropout=st.floats(0, 1, exclude_max=True),
    head=st.sampled_from(["auto", "softmax", "logit"]),
    input_dropout=st.floats(0, 1, exclude_max=True),
    d_in=st.integers(1, 100),
    n_outputs=st.integers(1, 100),
)
def test_every_value_in_range_is_taken_as_given(hidden, activation, dropout, head, input_dropout, d_in, n_outputs):
    network = Network(hidden, activation, dropout, head, input_dropout)
    assert dataclasses.astuple(network) == (tuple(hidden), activation, dropout, head, input_dropout)
    assert network.widths(d_in, n_outputs) == (d_in, *hidden, n_outputs)
