import numpy as np
import pytest
import torch

from demarcate.errors import SettingError


def test_rows_of_a_seed_are_apart_and_together_everything(designed):
    design = designed(n_seeds=4)
    for split in design.splits:
        parts = [split.train_rows, split.validation_rows, design.test_rows]
        assert [len(part) for part in parts] == [60, 20, 20]
        assert sorted(np.concatenate(parts)) == list(range(100))
    assert len({tuple(split.validation_rows) for split in design.splits}) == 4


def test_every_part_has_the_classes_in_the_same_proportion(designed):
    design = designed()
    for rows in (design.test_rows, *(split.validation_rows for split in design.splits)):
        assert design.table.codes[rows].mean() == 0.5


def test_all_configurations_meet_the_same_seeds(designed):
    design = designed(n_seeds=3)
    assert len(design.members) == 6
    for first, second in zip(design.members[:3], design.members[3:], strict=True):
        assert (first.seed, first.encoding) == (second.seed, second.encoding)
        assert torch.equal(first.rows, second.rows)
        assert torch.equal(first.validation_rows, second.validation_rows)
        assert first.network.hidden != second.network.hidden


def test_more_seeds_leave_those_before_as_they_were(designed):
    few, many = designed(n_seeds=2), designed(n_seeds=5)
    assert np.array_equal(few.test_rows, many.test_rows)
    for before, after in zip(few.splits, many.splits, strict=False):
        assert before.seed == after.seed
        assert np.array_equal(before.train_rows, after.train_rows)


def test_each_encoder_is_fitted_on_its_own_training_rows_alone(designed, mixed):
    X, y = mixed
    design = designed(data=(X, y))
    for number, split in enumerate(design.splits):
        changed = np.where(np.isin(np.arange(80), split.train_rows), X["size"], 1e6)
        other = designed(data=({**X, "size": changed}, y)).splits[number]
        assert np.array_equal(other.train_rows, split.train_rows)
        assert np.array_equal(other.encoder.encode(design.table.parsed), split.encoder.encode(design.table.parsed))


def test_its_size_is_told_in_words(designed):
    size = designed({"hidden": [2, 3, (2, 2)], "lr": [0.1, 0.01]}, n_seeds=2).size
    assert (size.n_configurations, size.n_seeds, size.n_networks, size.n_populations) == (6, 2, 12, 2)
    assert str(size) == "6 configurations x 2 seeds = 12 networks in 2 populations"
    assert str(designed({"hidden": [2]}, n_seeds=1).size) == "1 configuration x 1 seed = 1 network in 1 population"


@pytest.mark.parametrize("sizes", [{"test_size": 0}, {"test_size": 100}, {"validation_size": 80}])
def test_more_rows_than_there_are_cannot_be_held_out(designed, sizes):
    with pytest.raises(SettingError, match="can be held out"):
        designed(**sizes)
