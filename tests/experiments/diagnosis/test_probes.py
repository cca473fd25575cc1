import pytest

from demarcate import Network, Training
from demarcate.experiments.diagnosis.probes import in_equal_steps, larger, probes_of, regularised, smaller


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


@pytest.mark.parametrize("batch_size", [None, 32, 50, 1000])
@pytest.mark.parametrize(("n_rows", "n_configured"), [(80, 160), (40, 160), (41, 163), (500, 1000)])
def test_fewer_rows_take_as_many_steps(batch_size, n_rows, n_configured):
    training = Training(batch_size=batch_size, epochs=120, patience=12, warmup=3.0, averaging=2.0)
    shorter = in_equal_steps(training, n_rows, n_configured)
    before, after = training.steps(n_configured), shorter.steps(n_rows)
    assert after * shorter.epochs == pytest.approx(before * training.epochs, abs=after / 2)
    assert after * shorter.patience == pytest.approx(before * training.patience, abs=after / 2)
    assert after * shorter.warmup == pytest.approx(before * training.warmup)
    assert after * shorter.averaging == pytest.approx(before * training.averaging)
    assert shorter.validate_every == max(1, round(before / after))


def test_without_patience_there_is_none_and_equal_rows_change_nothing():
    assert in_equal_steps(Training(batch_size=10), 50, 100).patience is None
    training = Training(batch_size=10, patience=4)
    assert in_equal_steps(training, 100, 100) == training
