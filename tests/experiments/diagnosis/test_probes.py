import pytest

from demarcate import Network, Training
from demarcate.experiments.diagnosis.probes import larger, probes_of, regularised, smaller


def by_name(network=None, training=None):
    return {probe.name: probe for probe in probes_of(network or Network((16, 8)), training or Training())}


def test_the_first_is_the_network_as_configured():
    network, training = Network((16, 8), dropout=0.1), Training(lr=0.03)
    first = probes_of(network, training)[0]
    assert (first.name, first.network, first.training, first.share) == ("configured", network, training, 1.0)


def test_each_probe_but_the_regularised_changes_one_thing():
    network, training = Network((16, 8), "tanh", dropout=0.1), Training(lr=0.03, weight_decay=0.01, patience=5)
    probes = by_name(network, training)
    assert probes["half of the rows"].share == 0.5
    assert probes["quarter of the rows"].share == 0.25
    assert probes["smaller"].network == Network((4, 2), "tanh", dropout=0.1)
    assert probes["larger"].network == Network((64, 32), "tanh", dropout=0.1)
    assert probes["longer"].training == Training(lr=0.03, weight_decay=0.01, patience=5, epochs=300)
    bare = probes["unregularised"]
    assert (bare.network, bare.training) == (Network((16, 8), "tanh"), Training(lr=0.03))
    for name in ("half of the rows", "quarter of the rows", "longer"):
        assert probes[name].network == network
    for name in ("half of the rows", "quarter of the rows", "smaller", "larger"):
        assert probes[name].training == training


def test_what_would_be_the_configured_network_is_not_tried_again():
    assert "unregularised" not in by_name(Network((8,)), Training())
    assert "smaller" not in by_name(Network((1, 1)))
    assert not {"larger", "larger, regularised"} & set(by_name(Network((256, 300))))
    assert not {"smaller"} & set(by_name(Network(())))


@pytest.mark.parametrize(
    ("hidden", "expected"), [((16, 3), (4, 1)), ((1,), (1,)), ((6,), (2,)), ((256,) * 3, (64,) * 3), ((), ())]
)
def test_smaller_is_a_quarter_and_at_least_one_unit(hidden, expected):
    assert smaller(Network(hidden)).hidden == expected


@pytest.mark.parametrize(
    ("hidden", "expected"), [((16, 3), (64, 16)), ((1,), (16,)), ((100,), (256,)), ((512, 8), (512, 32)), ((), (32,))]
)
def test_larger_is_four_times_within_limits_and_never_less(hidden, expected):
    assert larger(Network(hidden)).hidden == expected


def test_the_larger_of_a_network_without_a_bend_has_one():
    assert larger(Network((8,), "none")).activation == "relu"
    assert larger(Network((), "none")) == Network((32,), "relu")
    assert larger(Network((8,), "tanh")).activation == "tanh"


def test_regularised_is_more_of_everything_and_stops_early():
    own = probes_of(Network((8,), dropout=0.2), Training("adamw", weight_decay=0.01, epochs=50))[0]
    more = regularised(own)
    assert more.network.dropout == pytest.approx(0.32)
    assert more.training.weight_decay == pytest.approx(0.1)
    assert more.training.patience == 10
    assert more.stops_early
    assert not own.stops_early


def test_a_patience_that_is_configured_stays():
    own = probes_of(Network((8,)), Training(patience=3))[0]
    assert regularised(own).training.patience == 3


def test_a_linear_model_has_no_unit_to_silence():
    assert regularised(probes_of(Network(()), Training())[0]).network.dropout == 0.0
