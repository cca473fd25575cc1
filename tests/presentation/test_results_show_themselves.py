"""Whatever object a user holds, showing it takes a few lines; results are also HTML and frames."""

from dataclasses import fields, is_dataclass

import polars as pl
import pytest

import demarcate

MAX_LINES, MAX_LINE, MAX_OBJECT = 40, 200, 600
"""Lines of a result's table, characters of a line, and of an object that is none."""
TABLES = {"Scores", "ScoresByModel", "ClassScores", "Runs", "Sweep", "Diagnosis"}


def _attributes(value):
    """The public attributes that are there, or were computed, with their values."""
    names = [field.name for field in fields(value)] if is_dataclass(value) else []
    names += [name for name in getattr(value, "__dict__", {}) if name not in names]
    return {name: getattr(value, name) for name in names if not name.startswith("_")}


def _objects_within(value, path, seen):
    """Yield what can be reached from an object by public attributes and items, with the way there."""
    if id(value) in seen:
        return
    seen[id(value)] = value
    if type(value).__module__.startswith("demarcate") and not isinstance(value, type):
        yield path, value
        for name, attribute in _attributes(value).items():
            yield from _objects_within(attribute, f"{path}.{name}", seen)
    if isinstance(value, dict):
        for key, item in list(value.items())[:5]:
            yield from _objects_within(item, f"{path}[{key!r}]", seen)
    elif isinstance(value, tuple | list):
        for place, item in enumerate(value[:2]):
            yield from _objects_within(item, f"{path}[{place}]", seen)


def test_every_object_that_a_user_can_reach_shows_itself_in_a_few_lines(results):
    seen, too_long = {}, {}
    for name, result in vars(results).items():
        for path, value in _objects_within(result, name, seen):
            shown = repr(value)
            lines = shown.splitlines()
            is_short = len(shown) <= MAX_OBJECT
            if type(value).__name__ in TABLES:
                is_short = len(lines) <= MAX_LINES and max(map(len, lines)) <= MAX_LINE
            if not is_short or " object at 0x" in shown:
                too_long[path] = shown[:200]
    assert len(seen) > 100
    assert too_long == {}


def test_a_fitted_classifier_a_predictor_and_a_report_say_what_they_are_in_a_line(results):
    accuracy = results.classifier.scores_["accuracy"]
    known = f"accuracy {accuracy} on 303 out-of-fold rows"
    assert repr(results.predictor) == f"<Predictor of 'target': 2 classes, 13 columns, 2 networks; {known}>"
    assert repr(results.report) == f"<Report of '<b>heart</b>': {known}; save() writes the page>"
    assert repr(results.runs["a"]).startswith("<Run 'a': accuracy ")
    assert repr(results.audit).startswith("<Audit: ")


@pytest.mark.parametrize("name", ["baselines", "predictor", "runs", "sweep", "diagnosis", "audit", "report"])
def test_a_notebook_shows_results_as_html(results, name):
    html = getattr(results, name)._repr_html_()
    assert html.startswith("<div style=")
    assert "<style" not in html.partition("<iframe")[0]


def test_a_notebook_shows_a_report_as_a_page_of_its_own(results):
    html = results.report._repr_html_()
    assert "<b>" not in html
    assert 'sandbox="allow-scripts"' in html
    assert html.count("<iframe") == html.count("</iframe>") == 1


def test_a_notebook_shows_the_diagram_of_scikit_learn_and_the_scores_below_it(results):
    from sklearn import config_context

    html = results.classifier._repr_mimebundle_()["text/html"]
    assert "sk-toggleable" in html
    assert f"{results.classifier.scores_['log_loss'].value:.3f}" in html.rpartition("Fitted on 303 rows")[2]
    assert "Fitted on 303 rows" in results.classifier._repr_html_()
    assert "Fitted on" not in demarcate.DemarcateClassifier()._repr_html_()
    with config_context(display="text"):
        assert list(results.classifier._repr_mimebundle_()) == ["text/plain"]


def test_html_of_a_result_has_the_numbers_of_its_text(results):
    for result in (results.baselines, results.runs, results.sweep):
        numbers = {word.strip("[],") for word in repr(result).split() if word.strip("[],").replace(".", "").isdigit()}
        assert len(numbers) > 5
        assert not [number for number in numbers if number not in result._repr_html_()]


@pytest.mark.parametrize(
    "name",
    [
        *("baselines", "comparison", "runs", "sweep", "diagnosis", "audit", "drift", "report", "importance"),
        *("threshold_curve", "learning_curves"),
    ],
)
def test_every_result_gives_a_frame(results, name):
    frame = getattr(results, name).to_frame()
    assert isinstance(frame, pl.DataFrame)
    assert frame.width >= 3


def test_frames_hold_what_results_do(results):
    log_loss = results.importance.columns[0].log_loss
    assert results.importance.to_frame().row(0, named=True)["log_loss_low"] == log_loss.low
    assert results.diagnosis.to_frame()["answer"][0] == results.diagnosis.more_rows.answer
    scores = results.predictor.scores.to_frame()
    assert scores.filter(pl.col("metric") == "accuracy")["value"][0] == results.classifier.scores_["accuracy"].value
    assert set(results.sweep.winner.to_frame()["model"]) == {"winner", "majority", "logistic_regression"}
    assert results.runs["a"].to_frame().height == 3
    assert results.classifier.cost_comparison_.to_frame()["decided"][0] == "decided"
