import pytest

from demarcate.phases import PHASES, PhaseState, listening, phase
from demarcate.phases import phase_reports as phases


@pytest.fixture
def seconds(monkeypatch):
    """The clock of phases, which stands still unless a test moves it."""
    now = [0.0]
    monkeypatch.setattr(phases, "clock", lambda: now[0])
    return now


def test_a_listener_hears_begin_changes_and_end(seconds):
    heard = []
    with listening(heard.append), phase("baselines", total=4) as current:
        seconds[0] = 2.0
        current.advance(detail="fold 1")
    assert heard == [
        PhaseState("baselines", 0, 4),
        PhaseState("baselines", 1, 4, "fold 1", seconds=2.0, seconds_left=6.0),
        PhaseState("baselines", 4, 4, "fold 1", seconds=2.0, is_over=True),
    ]
    assert [each.share for each in heard] == [0.0, 0.25, 1.0]


@pytest.mark.parametrize(("now", "done"), [(0.5, 3), (5.0, 0.1), (5.0, 0)])
def test_no_time_left_is_given_before_it_can_be_known(seconds, now, done):
    heard = []
    with listening(heard.append), phase("report", total=4) as current:
        seconds[0] = now
        current.update(done, 4)
    assert heard[1].seconds_left is None


def test_the_time_left_may_be_known_better_than_from_what_is_done(seconds):
    heard = []
    with listening(heard.append), phase("train") as current:
        seconds[0] = 3.0
        current.update(1, 2, seconds_left=40.0)
        current.update(7, None)
    assert [each.seconds_left for each in heard] == [None, 40.0, None, None]
    assert heard[2].share is None


def test_a_phase_within_one_of_its_name_is_that_one_and_another_is_its_own():
    heard = []
    with listening(heard.append), phase("report", total=2) as outer:
        with phase("importance", total=1), phase("report", total=9) as inner:
            assert inner is outer
        outer.advance()
    assert [(each.name, each.total, each.is_over) for each in heard] == [
        ("report", 2, False),
        ("importance", 1, False),
        ("importance", 1, True),
        ("report", 2, False),
        ("report", 2, True),
    ]


def test_a_phase_ends_with_an_error_and_the_next_begins_anew():
    heard = []
    with listening(heard.append):
        with pytest.raises(ValueError, match="wrong"), phase("read"):
            raise ValueError("wrong")
        with phase("read"):
            pass
    assert [each.is_over for each in heard] == [False, True, False, True]


def test_without_a_listener_nothing_is_heard_and_an_inner_one_replaces_an_outer_one():
    outer, inner = [], []
    with phase("read") as current:
        current.advance()
        assert not current.is_heard
    with listening(outer.append), listening(inner.append), phase("check") as current:
        assert current.is_heard
    with listening(outer.append), listening(None), phase("check") as current:
        assert not current.is_heard
    assert (len(outer), len(inner)) == (0, 2)


def test_a_fit_and_its_report_go_through_the_phases():
    from demarcate import DemarcateClassifier, datasets
    from demarcate.report import Report

    X, y = datasets.moons(n_samples=120, noise=0.2)
    heard = []
    with listening(heard.append):
        Report.of(DemarcateClassifier(hidden=(4,), epochs=3, patience=2, n_folds=2).fit(X, y), X, y)
    assert {each.name for each in heard} == {*PHASES} - {"read"}
    trained = [each for each in heard if each.name == "train"]
    assert trained[1].detail.startswith("epoch 1 of at most 3, loss ")
    assert all("none" not in each.detail for each in heard)
