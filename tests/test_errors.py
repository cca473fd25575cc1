import pickle
import threading
import warnings

import pytest

from demarcate.errors import (
    MAX_PROBLEMS_SHOWN,
    DemarcateWarning,
    InputError,
    InputWarning,
    Problem,
    SettingError,
    collected_warnings,
    together,
    warn_caller,
)


def refuse(*facts):
    raise InputError([Problem(fact, "Correct it") for fact in facts])


def test_one_problem_is_a_fact_and_a_remedy():
    with pytest.raises(InputError, match=r"^Row 3 is empty. Correct it.$"):
        refuse("Row 3 is empty")


def test_several_problems_are_listed_and_many_counted():
    facts = [f"Row {row} is empty" for row in range(1, MAX_PROBLEMS_SHOWN + 4)]
    with pytest.raises(InputError) as caught:
        refuse(*facts)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{len(facts)} problems:"
    assert lines[1] == "- Row 1 is empty. Correct it."
    assert lines[-1] == "- and 3 more"
    assert [problem.fact for problem in caught.value.problems] == facts


def test_checks_run_together_give_all_results_or_all_problems():
    assert together(lambda: 1, lambda: "two") == [1, "two"]
    with pytest.raises(InputError) as caught:
        together(lambda: refuse("a"), lambda: 1, lambda: refuse("b", "c"))
    assert [problem.fact for problem in caught.value.problems] == ["a", "b", "c"]


def test_an_input_error_survives_pickling():
    error = pickle.loads(pickle.dumps(InputError([Problem("Row 3 is empty", "Correct it")])))
    assert error.problems == (Problem("Row 3 is empty", "Correct it"),)


def test_a_setting_error_keeps_its_problems():
    problems = [Problem("lr must be above 0, got -1", "Try 0.001"), Problem("epochs is 1 or more, got 0", "Try 10")]
    error = SettingError.of(problems)
    assert error.problems == tuple(problems)
    assert str(error).startswith("2 problems:\n- lr must be above 0, got -1. Try 0.001.\n")


def test_a_warning_points_at_the_line_that_called_the_package_also_through_scikit_learn():
    from sklearn.model_selection import cross_val_score

    from demarcate import DemarcateClassifier, datasets

    X, y = datasets.moons(n_samples=60)
    X = X.with_columns(same=1)
    clf = DemarcateClassifier(hidden=(2,), epochs=1, n_folds=2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        clf.fit(X, y)
        clf.predict_proba(X.with_columns(x1=99.0))
        cross_val_score(clf, X, y, cv=2)
    ours = [each for each in caught if issubclass(each.category, DemarcateWarning)]
    assert len(ours) >= 3
    assert {each.filename for each in ours} == {__file__}


def test_warnings_are_collected_for_one_context_alone():
    others = []

    def elsewhere():
        with collected_warnings() as collected:
            warn_caller(InputWarning("other"))
        others.extend(collected)

    with collected_warnings() as own:
        warn_caller(InputWarning("first"))
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        warn_caller(InputWarning("second"))
    assert (list(map(str, own)), list(map(str, others))) == (["first", "second"], ["other"])
    with pytest.warns(InputWarning, match="after"):
        warn_caller(InputWarning("after"))
