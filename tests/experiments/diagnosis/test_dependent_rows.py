"""A diagnosis of rows that come in groups, follow one another in time, or weigh differently."""

import json

import numpy as np
import polars as pl
import pytest

from demarcate import Network, Training, diagnose
from demarcate.errors import InputError, SettingError
from demarcate.experiments.diagnosis.probe_design import design_probes
from demarcate.experiments.diagnosis.probes import probes_of
from demarcate.trainingset.read_data import read_training_set
from demarcate.trainingset.read_dependence import RowRoles

QUICK = Training(lr=0.02, epochs=30, batch_size=None)
PATIENT = Training(lr=0.02, epochs=12, batch_size=None, patience=3)


@pytest.fixture(scope="module")
def subjects():
    """Forty subjects with six rows each, near one another, and a class that says nothing of new subjects."""
    generator = np.random.default_rng(0)
    subject = np.repeat(np.arange(40), 6)
    X = generator.normal(size=(40, 4))[subject] + generator.normal(0, 0.1, (240, 4))
    frame = pl.DataFrame(X, schema=[f"x{number}" for number in range(4)])
    return frame.with_columns(pl.Series("subject", [f"P{number:02}" for number in subject])), generator.integers(
        2, size=40
    )[subject]


def design_of(data, roles, training=PATIENT, seeds=10):
    table = read_training_set(data, [Network()], roles)
    return table, design_probes(table, probes_of(Network((8,)), training), seeds=seeds, seed=0, standardise=True)


def parts_of(design):
    """Return each member's training rows, stopping rows and scored rows."""
    n_probes = len(design.probes)
    for index, member in enumerate(design.members):
        yield member.rows.numpy(), member.validation_rows.numpy(), design.scored_rows[index // n_probes]


def test_no_group_is_on_two_sides_of_a_probe(subjects):
    table, design = design_of(subjects, RowRoles("subject"))
    groups = table.dependence.groups
    for parts in parts_of(design):
        of_part = [set(groups[part]) for part in parts]
        assert not of_part[0] & of_part[1]
        assert not (of_part[0] | of_part[1]) & of_part[2]
    assert np.bincount(np.concatenate(design.scored_rows)).tolist() == [2] * 240


def test_half_of_the_rows_is_half_of_the_groups(subjects):
    table, design = design_of(subjects, RowRoles("subject"), QUICK)
    by_name = dict(zip([probe.name for probe in design.probes], design.members, strict=False))
    n_groups = [
        len(set(table.dependence.groups[by_name[name].rows.numpy()]))
        for name in ("configured", "half of the rows", "quarter of the rows")
    ]
    assert n_groups == [32, 16, 8]


@pytest.mark.parametrize("gap", [0, 5])
def test_probes_train_on_earlier_rows_and_half_of_them_are_the_latest(gap):
    generator = np.random.default_rng(0)
    time = generator.permutation(200)
    data = generator.normal(size=(200, 2)), generator.integers(2, size=200)
    _, design = design_of(data, RowRoles(time=time, gap=gap))
    for train, stopping, scored in parts_of(design):
        assert max(*time[train], *time[stopping]) < min(time[scored]) - gap
        if len(stopping):
            assert max(time[train]) < min(time[stopping]) - gap
    names = [probe.name for probe in design.probes]
    last = design.members[4 * len(names) : 5 * len(names)]
    own, half = (design_of(data, RowRoles(time=time), QUICK)[1].members[names.index(name)] for name in names[:2])
    assert sorted(time[half.rows.numpy()]) == sorted(time[own.rows.numpy()])[len(own.rows) // 2 :]
    assert len(last[0].rows) > len(design.members[0].rows), "windows expand"


def test_with_times_and_groups_probes_train_on_earlier_rows_of_other_groups(subjects):
    frame, _ = subjects
    generator = np.random.default_rng(1)
    time, y = generator.permutation(240), generator.integers(2, size=240)
    table, design = design_of((frame, y), RowRoles("subject", time))
    groups = table.dependence.groups
    for train, stopping, scored in parts_of(design):
        assert max(*time[train], *time[stopping]) < min(time[scored])
        assert not set(groups[[*train, *stopping]]) & set(groups[scored])
        assert not set(groups[train]) & set(groups[stopping])
    diagnosis = diagnose((frame, y), Network((4,)), PATIENT, seeds=4, groups="subject", time=time)
    assert diagnosis.split == "forward in time"


def test_subjects_learned_by_heart_overfit_by_group_only(subjects):
    frame, y = subjects
    network, training = Network((32,)), Training(lr=0.02, epochs=150, batch_size=None)
    by_row = diagnose((frame.drop("subject"), y), network, training, seeds=5)
    by_group = diagnose((frame, y), network, training, seeds=5, groups="subject")
    assert by_row.held_out.accuracy.value > 0.9
    assert by_group.held_out.accuracy.value < 0.7
    assert by_group.verdict == "overfits"
    assert (by_row.split, by_group.split) == ("by row", "by group")
    assert "scores all on the other groups; intervals are by group" in by_group.basis()
    assert json.loads(json.dumps(by_group.to_json()))["split"] == "by group"
    array = diagnose((frame.drop("subject"), y), network, training, seeds=5, groups=frame["subject"].to_numpy())
    assert array.to_json() == by_group.to_json()


def test_forward_in_time_is_said_and_scored():
    generator = np.random.default_rng(0)
    X = generator.normal(size=(200, 2))
    y = (X[:, 0] + generator.normal(0, 0.5, 200) > 0).astype(int)
    diagnosis = diagnose((X, y), Network((4,)), QUICK, seeds=4, time=np.arange(200))
    assert diagnosis.split == "forward in time"
    assert diagnosis.n_scored < 110
    assert "on the rows before a window in time" in diagnosis.basis()
    assert diagnosis.gap.log_loss.low is not None


def test_levels_are_of_weighted_rows():
    generator = np.random.default_rng(0)
    X, y = generator.normal(size=(120, 2)), np.arange(120) % 2
    weights = np.where(y == 1, 9.0, 1.0)
    plain = diagnose((X, y), Network(()), QUICK, seeds=5)
    weighted = diagnose((X, y), Network(()), QUICK, seeds=5, sample_weight=weights)
    assert plain.noise.majority_error == pytest.approx(0.5)
    assert weighted.noise.majority_error == pytest.approx(0.1)
    assert weighted.held_out.accuracy.value > 0.85
    assert "seeds on weighted 120 rows" in weighted.basis()
    assert weighted.to_json()["is_weighted"]
    frame = pl.DataFrame(X, schema=["a", "b"]).with_columns(pl.Series("w", weights))
    named = diagnose((frame, y), Network(()), QUICK, seeds=5, sample_weight="w")
    assert named.to_json() == weighted.to_json()


def test_a_sample_of_a_large_table_is_of_whole_groups(subjects):
    diagnosis = diagnose(subjects, Network((2,)), QUICK, seeds=2, groups="subject", max_rows=120)
    assert (diagnosis.n_rows, diagnosis.n_used) == (240, 120)


def test_what_cannot_be_is_refused(subjects):
    frame, y = subjects
    with pytest.raises(InputError, match="no column 'person'"):
        diagnose((frame, y), Network((2,)), QUICK, groups="person")
    with pytest.raises(InputError, match=r"[Ww]eight"):
        diagnose((frame, y), Network((2,)), QUICK, sample_weight=np.full(240, -1.0))
    with pytest.raises(SettingError, match="needs time"):
        diagnose((frame, y), Network((2,)), QUICK, gap=3)
    table = read_training_set((frame, y), [Network()])
    with pytest.raises(SettingError, match="a training set has its own"):
        diagnose(table, Network((2,)), QUICK, groups="subject")
