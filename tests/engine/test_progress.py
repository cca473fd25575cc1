import pytest
import torch

from demarcate.engine import Progress

NAN = torch.nan


@pytest.fixture
def progress():
    values = {
        "train_loss": torch.tensor([0.5, NAN, 1.5], dtype=torch.float64),
        "train_accuracy": torch.tensor([0.75, 0.5, 0.25], dtype=torch.float64),
        "validation_loss": torch.tensor([0.25, NAN, NAN], dtype=torch.float64),
        "validation_accuracy": torch.tensor([1.0, NAN, NAN], dtype=torch.float64),
    }
    return Progress(1, 1, epoch=3, n_epochs=9, n_members=4, members=(0, 2, 3), ended=(2,), values=values)


def test_means_leave_out_members_whose_loss_is_not_finite(progress):
    assert progress.n_active == 3
    assert (progress.train_loss, progress.train_accuracy) == (1.0, 0.5)
    assert (progress.validation_loss, progress.validation_accuracy) == (0.25, 1.0)


def test_what_was_not_evaluated_is_none(progress):
    assert (progress.test_loss, progress.test_accuracy) == (None, None)
    assert (progress.eval_train_loss, progress.eval_train_accuracy) == (None, None)
    assert progress.of(3) == {
        "train_loss": 1.5,
        "train_accuracy": 0.25,
        "validation_loss": None,
        "validation_accuracy": None,
    }


def test_a_training_loss_that_is_no_longer_finite_is_shown_as_it_is(progress):
    assert progress.of(2)["train_loss"] != progress.of(2)["train_loss"]


def test_test_rows_are_named_so(progress):
    on_test_rows = progress.on_test_rows()
    assert (on_test_rows.test_loss, on_test_rows.test_accuracy) == (0.25, 1.0)
    assert (on_test_rows.validation_loss, on_test_rows.train_loss) == (None, 1.0)
    assert list(on_test_rows.means()) == ["train_loss", "train_accuracy", "test_loss", "test_accuracy"]
