import numpy as np
import pytest

from demarcate import Network, Training, datasets
from demarcate.encoding.bin_edges import tree_bin_edges
from demarcate.errors import InputError
from demarcate.experiments.diagnosis.probe_design import design_probes
from demarcate.experiments.diagnosis.probes import probes_of
from demarcate.trainingset.own_split import RowSplit
from demarcate.trainingset.read_data import read_training_set

PATIENT = Training(patience=5, epochs=10)


@pytest.fixture(scope="module")
def table():
    return read_training_set(datasets.blobs(n_samples=200, centers=3), [Network()])


def designed(table, training=PATIENT, seeds=10, network=None):
    return design_probes(table, probes_of(network or Network((8,)), training), seeds=seeds, seed=3, standardise=True)


def of_seed(design, number):
    n_probes = len(design.probes)
    return dict(
        zip(
            [probe.name for probe in design.probes],
            design.members[number * n_probes : (number + 1) * n_probes],
            strict=True,
        )
    )


def test_five_seeds_judge_every_row_once_and_ten_twice(table):
    counts = np.bincount(np.concatenate(designed(table).scored_rows))
    assert counts.tolist() == [2] * 200
    assert np.bincount(np.concatenate(designed(table, seeds=5).scored_rows)).tolist() == [1] * 200


def test_the_second_round_deals_the_rows_anew(table):
    scored = designed(table).scored_rows
    assert not any(np.array_equal(first, second) for first in scored[:5] for second in scored[5:])


def test_no_member_trains_on_or_stops_by_a_judged_row(table):
    design = designed(table)
    for number, scored in enumerate(design.scored_rows):
        for member in of_seed(design, number).values():
            assert not set(scored) & {*member.rows.tolist(), *member.validation_rows.tolist()}
            assert not set(member.rows.tolist()) & set(member.validation_rows.tolist())


def test_fewer_rows_lie_within_more_and_have_every_class(table):
    design = designed(table, Training())
    for number in range(10):
        members = of_seed(design, number)
        quarter, half, own = (
            set(members[name].rows.tolist()) for name in ("quarter of the rows", "half of the rows", "configured")
        )
        assert quarter < half < own
        assert (len(quarter), len(half), len(own)) == (40, 80, 160)
        assert set(table.codes[list(quarter)]) == {0, 1, 2}


def test_an_eighth_decides_when_to_stop_only_where_that_is_asked_for(table):
    members = of_seed(designed(table, Training()), 0)
    assert len(members["configured"].validation_rows) == 0
    assert (len(members["regularised"].rows), len(members["regularised"].validation_rows)) == (140, 20)
    patient = of_seed(designed(table), 0)
    assert (len(patient["configured"].rows), len(patient["configured"].validation_rows)) == (140, 20)
    assert len(patient["unregularised"].validation_rows) == 0


def test_fewer_rows_take_as_many_steps_as_the_configured_network(table):
    members = of_seed(designed(table, Training(batch_size=16, epochs=10, patience=4)), 0)
    steps = {name: each.training.steps(len(each.rows)) for name, each in members.items()}
    own, half, quarter = (members[name] for name in ("configured", "half of the rows", "quarter of the rows"))
    assert (len(own.rows), len(half.rows), len(quarter.rows)) == (140, 70, 35)
    assert steps["configured"] * own.training.epochs == 90
    assert steps["half of the rows"] * half.training.epochs == 90
    assert steps["quarter of the rows"] * quarter.training.epochs == 90
    assert (own.training.patience, half.training.patience, quarter.training.patience) == (4, 7, 12)
    assert half.training.validate_every == 2


def test_probes_of_a_seed_share_their_rows_and_initial_weights(table):
    members = of_seed(designed(table), 4)
    assert {member.seed for member in members.values()} == {members["configured"].seed}
    for name in ("smaller", "larger", "longer"):
        assert members[name].rows.equal(members["configured"].rows)
        assert members[name].encoding == members["configured"].encoding


def test_encoders_are_fitted_on_a_members_training_rows(table):
    design = designed(table)
    column = table.parsed["x1"].values if hasattr(table.parsed["x1"], "values") else np.asarray(table.parsed["x1"])
    for member in design.members[:8]:
        encoded = design.samples.encoded(member.encoding)[member.rows, 0]
        assert encoded.mean().item() == pytest.approx(0, abs=1e-5)
        own = column[member.rows.numpy()]
        expected = (own - own.mean()) / own.std()
        assert encoded.numpy() == pytest.approx(expected, abs=1e-4)


def test_pieces_are_cut_by_the_classes_of_a_members_own_training_rows(table):
    probes = probes_of(Network((8,)), PATIENT)
    design = design_probes(table, probes, seeds=2, seed=3, standardise=True, pieces=True)
    assert not any("piecewise" in encoder.kinds for encoder in designed(table, seeds=2).encoders)
    n_cut = 0
    for member in design.members:
        encoder, rows = design.encoders[member.encoding], member.rows.numpy()
        for name, own in zip(encoder.columns, encoder.encoders, strict=True):
            expected = tree_bin_edges(table.parsed[name][rows], table.codes[rows], 3)
            assert own.edges.tolist() == expected.tolist()
            n_cut += len(expected) > 2
    assert n_cut > 0


def test_the_only_row_of_a_class_is_trained_on_and_never_judged():
    X = np.random.default_rng(0).normal(size=(41, 2))
    table = read_training_set((X, ["a"] * 20 + ["b"] * 20 + ["alone"]), [Network()])
    design = designed(table)
    assert 40 not in np.concatenate(design.scored_rows)
    assert all(40 in member.rows.tolist() for member in design.members)


@pytest.mark.parametrize(("n_rows", "n_classes", "least"), [(19, 2, 20), (24, 5, 25)])
def test_too_few_rows_are_refused(n_rows, n_classes, least):
    X = np.random.default_rng(0).normal(size=(n_rows, 2))
    table = read_training_set((X, np.arange(n_rows) % n_classes), [Network()])
    with pytest.raises(
        InputError, match=f"has {n_rows} rows, and a diagnosis of {n_classes} classes takes at least {least}"
    ):
        designed(table)


def test_probes_of_an_own_split_keep_to_its_rows(table):
    own = RowSplit(np.arange(100), np.arange(150, 200), np.arange(100, 150))
    probes = probes_of(Network((8,)), PATIENT)
    design = design_probes(table, probes, seeds=2, seed=3, standardise=True, splits=[own, own])
    assert [rows.tolist() for rows in design.scored_rows] == [[*range(150, 200)]] * 2
    members = of_seed(design, 1)
    assert members["configured"].rows.tolist() == [*range(100)]
    assert members["configured"].validation_rows.tolist() == [*range(100, 150)]
    assert set(members["half of the rows"].rows.tolist()) < set(range(100))
    assert len(members["unregularised"].validation_rows) == 0
