"""What all displays have in common."""

import pytest

from demarcate import plotting
from demarcate.plotting import (
    BoundaryDisplay,
    ComparisonDisplay,
    ConfusionDisplay,
    DisagreementDisplay,
    HistoryDisplay,
    ThresholdDisplay,
)


@pytest.mark.parametrize("kind", ["comparison", "confusion", "threshold", "history", "disagreement", "slice"])
def test_every_picture_has_a_title_and_keeps_its_words_inside(
    kind, heart, heart_classifier, moons, moon_runs, assert_words_are_inside
):
    predicted = heart_classifier.classes_[heart_classifier.oof_proba_.argmax(1)]
    display = {
        "comparison": lambda: ComparisonDisplay.from_runs(moon_runs, moons, resolution=20),
        "confusion": lambda: ConfusionDisplay.from_predictions(heart.y, predicted),
        "threshold": lambda: ThresholdDisplay.from_predictions(heart.y, heart_classifier.oof_proba_),
        "history": lambda: HistoryDisplay.from_run(heart_classifier),
        "disagreement": lambda: DisagreementDisplay.from_estimator(
            heart_classifier, heart, columns=("age", "chol"), resolution=20
        ),
        "slice": lambda: BoundaryDisplay.from_estimator(
            heart_classifier, heart, columns=("age", "chol"), kind="probability", resolution=20
        ),
    }[kind]()
    assert_words_are_inside(display)


@pytest.mark.parametrize("name", plotting.__all__)
def test_every_public_display_computes_in_a_classmethod_and_draws_in_plot(name):
    display = getattr(plotting, name)
    assert any(each.startswith("from_") for each in vars(display))
    assert callable(display.plot)
    assert {"ax_", "figure_"} <= set(display.__dataclass_fields__)
    assert "Attributes" in display.__doc__
    assert "Examples" in display.__doc__
