import torch

from demarcate.engine.history import Recorder


def values(*members):
    """One epoch's."""
    return torch.tensor(members, dtype=torch.float64).T.unsqueeze(0)


def test_each_member_gets_its_own_epochs_after_others_left():
    recorder = Recorder(3)
    recorder.add([0, 1, 2], values([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]))
    recorder.add([0, 2], values([13, 14, 15, 16], [17, 18, 19, 20]))
    last = recorder.history(2, 2)
    assert last.train_loss.tolist() == [9, 17]
    assert last.train_accuracy.tolist() == [10, 18]
    assert last.validation_loss.tolist() == [11, 19]
    assert last.validation_accuracy.tolist() == [12, 20]
    assert recorder.history(1, 1).train_loss.tolist() == [5]


def test_epochs_that_do_not_count_are_left_out():
    recorder = Recorder(1)
    recorder.add([0], values([1, 2, 3, 4]))
    recorder.add([0], values([float("nan")] * 4))
    assert recorder.history(0, 1).n_epochs == 1
    assert recorder.history(0, 0).n_epochs == 0


def test_without_validation_rows_their_columns_are_empty():
    recorder = Recorder(1)
    recorder.add([0], values([1, 2, float("nan"), float("nan")]))
    history = recorder.history(0, 1)
    assert (history.n_epochs, len(history.validation_loss), len(history.validation_accuracy)) == (1, 0, 0)


def test_epochs_without_a_look_at_the_validation_rows_have_no_value():
    recorder = Recorder(1)
    recorder.add([0], torch.cat([values([1, 2, float("nan"), float("nan")]), values([3, 4, 5, 6])]))
    history = recorder.history(0, 2)
    assert history.train_loss.tolist() == [1, 3]
    assert (history.validation_loss.tolist(), history.validation_epochs.tolist()) == ([5], [2])


def test_what_was_recorded_can_be_taken_up():
    first, second = Recorder(2), Recorder(2)
    first.add([0, 1], values([1, 2, 3, 4], [5, 6, 7, 8]))
    second.restore(first.values().clone())
    for recorder in (first, second):
        recorder.add([1], values([9, 10, 11, 12]))
        assert recorder.history(1, 2).train_loss.tolist() == [5, 9]
        assert recorder.history(0, 1).train_loss.tolist() == [1]
