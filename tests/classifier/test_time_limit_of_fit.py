import numpy as np
import pytest
from small_classifier import tiny

import demarcate.classifier.cross_validation
from demarcate.classifier.settings import MAX_SCORING_SECONDS
from demarcate.errors import InputWarning, SettingError


def test_every_network_takes_steps_even_if_the_time_is_up_at_once(matrix):
    with pytest.warns(InputWarning, match="the time limit ended training after 1 epoch"):
        clf = tiny(epochs=500, patience=None, time_limit=1e-6).fit(*matrix)
    assert [len(member.history.train_loss) for member in clf.members_] == [1, 1]
    assert all(member.timed_out for member in clf.members_)
    assert np.isfinite(clf.predict_proba(matrix[0])).all()
    untrained = tiny(epochs=1, lr=1e-12, patience=None).fit(*matrix)
    assert not np.array_equal(clf.predict_proba(matrix[0]), untrained.predict_proba(matrix[0]))


def test_a_limit_that_is_not_reached_changes_no_bit(matrix):
    limited, free = (tiny(time_limit=limit).fit(*matrix) for limit in (3600, None))
    assert np.array_equal(limited.predict_proba(matrix[0]), free.predict_proba(matrix[0]))
    assert not any(member.timed_out for member in limited.members_)


def test_the_time_limit_counts_from_the_start_of_fit(matrix, monkeypatch):
    given = []
    real = demarcate.classifier.cross_validation.fit

    def spy(*arguments, time_limit, **others):
        given.append(time_limit)
        return real(*arguments, time_limit=time_limit, **others)

    monkeypatch.setattr(demarcate.classifier.cross_validation, "fit", spy)
    tiny(time_limit=100).fit(*matrix)
    assert 0 < given[0] < 100 - MAX_SCORING_SECONDS


@pytest.mark.parametrize("limit", [0, -1, np.nan, np.inf, "soon", True])
def test_a_limit_that_is_no_number_of_seconds_is_refused(matrix, limit):
    with pytest.raises(SettingError, match="time_limit must be None or a number of seconds above 0"):
        tiny(time_limit=limit).fit(*matrix)
