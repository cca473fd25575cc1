import pytest

from demarcate.evaluation import Mean
from demarcate.experiments.diagnosis.diagnosis_result import Effect, Levels, Noise
from demarcate.experiments.diagnosis.symptom_and_remedy import further_reasons, remedy_of, symptom_of


def levels(loss, accuracy=0.9, reach=0.05):
    return Levels(Mean(loss, loss - reach, loss + reach, 5), Mean(accuracy, accuracy, accuracy, 5))


def effect(gain, answer, change="hidden 4 to 16"):
    return Effect(Mean(gain, gain - 0.01, gain + 0.01, 5), Mean(0, 0, 0, 5), change, answer)


TRIED = {"longer_training": effect(0.0, "does not help", "epochs 10 to 30")}


@pytest.mark.parametrize(
    ("verdict", "gap", "meaning"),
    [
        ("overfits", 0.3, "It fits the rows it was trained on far better than new ones."),
        ("underfits", 0.0, "It does not fit even the rows it was trained on as well as it could."),
        ("is about right", 0.0, "It fits new rows about as well as the rows it was trained on."),
        ("is about right", 0.1, "It fits new rows less well than the rows it was trained on, but not by a large gap."),
        ("is limited by noise", 0.0, "It fits new rows about as well as the rows it was trained on."),
        ("cannot tell", 0.1, "These rows are too few to tell whether it fits them too little or too much."),
    ],
)
def test_the_symptom_has_both_losses_their_gap_and_what_it_means(verdict, gap, meaning):
    said = symptom_of(verdict, levels(0.2), levels(0.2 + gap, 0.8), levels(gap))
    assert said.startswith("Its log loss is 0.200 [0.150, 0.250] on its training rows and")
    assert f"(accuracy 90.0% and 80.0%), a gap of {gap:.3f} [" in said
    assert said.endswith(meaning)


def test_what_helps_is_said_the_largest_effect_first():
    effects = {
        "more_rows": effect(0.1, "helps", "40 to 80"),
        "more_capacity": effect(0.3, "helps"),
        "longer_training": effect(0.5, "cannot tell"),
    }
    assert remedy_of(effects) == (
        "A larger network (hidden 4 to 16) lowered the log loss of held-out rows by 0.300 [0.290, 0.310]; "
        "more rows (40 to 80) by 0.100 [0.090, 0.110]."
    )


def test_where_nothing_is_sure_to_help_what_may_is_named():
    effects = {"more_rows": effect(0.005, "cannot tell", "40 to 80"), "more_capacity": effect(0.0, "does not help")}
    assert remedy_of(effects) == (
        "None of the changes that were tried is sure to help. Log loss of held-out rows, lower by: "
        "more rows (40 to 80) +0.005 [-0.005, +0.015]."
    )
    assert remedy_of({"more_capacity": effect(0.0, "does not help")}) == "None of the changes that were tried helps."


def test_noise_wide_intervals_and_rows_left_out_are_mentioned_where_they_matter():
    noise = Noise("larger", Mean(0.5, 0.4, 0.6, 5), Mean(0.8, 0.7, 0.9, 5), 0.4)
    noisy = next(further_reasons("is limited by noise", TRIED, noise, 100, 100))
    assert "20.0% of the rows are still wrong, 50% of" in noisy
    assert "more rows narrow them further" in next(further_reasons("cannot tell", TRIED, noise, 100, 100))
    assert "a part of 50 of 100 rows" in next(further_reasons("overfits", TRIED, noise, 100, 50))
    assert "Longer training was not tried" in next(further_reasons("overfits", {}, noise, 100, 100))
    assert not list(further_reasons("is about right", TRIED, noise, 100, 100))
