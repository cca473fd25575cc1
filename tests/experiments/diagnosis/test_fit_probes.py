from dataclasses import replace

import pytest
import torch

from demarcate import Network, Training, datasets, diagnose
from demarcate.engine import fit
from demarcate.experiments.diagnosis.fit_probes import fit_probes
from demarcate.experiments.diagnosis.probe_design import design_probes
from demarcate.experiments.diagnosis.probes import LONGER_TRAINING, probes_of
from demarcate.trainingset.read_data import read_training_set

BRIEF = Training(lr=0.02, epochs=6, batch_size=None)


def designed(training, data=None):
    table = read_training_set(data or datasets.moons(n_samples=60), [Network()])
    return table, design_probes(table, probes_of(Network((4,)), training), seeds=2, seed=0, standardise=True)


def test_the_probe_of_more_epochs_trains_as_it_would_beside_the_others():
    table, design = designed(BRIEF)
    trained, fitted = fit_probes(table, design, device="cpu", precision="float32", on_epoch=None)
    assert trained is design
    together = fit(design.members, design.samples, device="cpu")
    for one, other, member in zip(fitted, together, design.members, strict=True):
        assert one.network == member.network
        assert len(one.history.train_loss) == len(other.history.train_loss)
        torch.testing.assert_close(one.state, other.state)


def test_the_probe_of_more_epochs_is_left_out_where_the_rows_are_known_by_heart():
    clouds = datasets.blobs(n_samples=60, centers=[(-9, 0), (9, 0)], cluster_std=0.5)
    diagnosis = diagnose(clouds, Network((16,)), Training(lr=0.05, epochs=60, batch_size=None), seeds=2)
    assert diagnosis.train.log_loss.value < 0.02
    assert diagnosis.longer_training is None
    assert LONGER_TRAINING not in [result.probe.name for result in diagnosis.probes]
    assert diagnosis.to_json()["longer_training"] is None
    assert any("Longer training was not tried" in reason for reason in diagnosis.reasons)
    assert "longer training" not in str(diagnosis).partition("would it help?")[2]


@pytest.mark.parametrize("name", [LONGER_TRAINING, "smaller"])
def test_a_design_without_a_probe_and_one_of_it_alone_are_parts_of_the_design(name):
    _, design = designed(replace(BRIEF, epochs=2))
    without, only = design.without(name), design.only(name)
    assert [probe.name for probe in only.probes] == [name]
    assert len(without.members) + len(only.members) == len(design.members)
    assert [member.seed for member in only.members] == [*dict.fromkeys(member.seed for member in design.members)]
    assert design.without("no such probe") is design
