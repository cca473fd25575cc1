"""The claims of scripts 01 to 06: each script runs once, unchanged, and its results are checked."""

import numpy as np
import polars as pl
import pytest
import torch

from demarcate.datasets import heart
from demarcate.evaluation import Mean


def mean(runs, name, metric="test_accuracy"):
    return runs.means.row(by_predicate=pl.col("network") == name, named=True)[metric]


def is_drawn(display):
    return display.figure_ is not None and len(np.ravel(display.ax_)) >= 1


# Regression or classification


def test_each_question_is_answered_better_than_without_the_columns(kinds):
    assert np.mean(kinds["off"]) < np.mean(kinds["off_without"])
    assert np.mean(kinds["right"]) > np.mean(kinds["right_without"])


def test_the_last_layer_has_an_output_for_each_of_four_classes(kinds):
    assert kinds["runs"]["network"].network[-1].out_features == 4
    assert kinds["how_much"][-1].out_features == kinds["which"][-1].out_features == 1


def test_a_regression_on_class_numbers_is_behind_and_depends_on_the_numbering(kinds):
    assert kinds["classifier"].mean() > 0.98
    assert kinds["behind"].low > 0
    assert kinds["moved"].low > 0


def test_both_are_drawn(kinds):
    assert is_drawn(kinds["regression_picture"])
    assert is_drawn(kinds["classifier_picture"])


# Blobs


def test_blobs_are_those_of_the_lesson(blobs):
    assert blobs["data"].shape == (1000, 2)
    assert blobs["data"].frame.equals(blobs["datasets"].blobs(1000, 2, 4, 1.5, 42).frame)
    widths = [layer.out_features for layer in blobs["run"].network if isinstance(layer, torch.nn.Linear)]
    assert widths == [8, 8, 4]


def test_blobs_reach_about_99_percent_as_they_are(blobs):
    assert mean(blobs["runs"], "network") == pytest.approx(0.99, abs=0.005)
    assert blobs["accuracy"].len() == 20


def test_standardised_blobs_take_longer(blobs):
    assert blobs["lowest"] > 0.97  # after 300 epochs
    assert mean(blobs["standardised"], "network") > 0.985


def test_the_plain_loop_gives_the_same_numbers_for_blobs(blobs):
    assert blobs["weights_apart"] < 1e-4
    assert blobs["losses_apart"] < 1e-5
    assert blobs["plain_accuracy"] == pytest.approx(blobs["run"].scores["accuracy"].value)


def test_another_layer_helps_no_more_than_noise_and_may_get_stuck(blobs):
    assert blobs["more"].low < 0 < blobs["more"].high
    assert blobs["behind"] >= 1


def test_class_2_is_the_easiest(blobs):
    recognised = {label: share.value for label, share in blobs["recognised"].items()}
    assert max(recognised, key=recognised.get) == 2
    assert min(recognised, key=recognised.get) == 0
    assert blobs["confusion"].matrix.sum() == 200


@pytest.mark.parametrize("picture", ["points", "curves", "regions", "confusion"])
def test_blobs_are_drawn(blobs, picture):
    assert is_drawn(blobs[picture])


# Logits, probabilities, predictions


def test_probabilities_sum_to_one_and_the_largest_is_that_of_the_largest_logit(logits):
    assert logits["sums_apart"] < 1e-6
    assert logits["always_alike"]
    assert logits["run"].predict(logits["three"]).tolist() == logits["logits"].argmax(1).tolist()


def test_a_logit_above_zero_is_a_probability_above_one_half(logits):
    assert torch.equal(logits["by_logit"], logits["by_probability"])


def test_before_training_networks_guess(logits):
    accuracy, loss = np.array(logits["begun_accuracy"]), np.array(logits["begun_loss"])
    assert abs(accuracy.mean() - 0.25) < 0.1
    assert accuracy.min() < 0.05
    assert accuracy.max() > 0.45
    assert np.log(4) < loss.mean() < 1.3 * np.log(4)


def test_the_loss_climbs_while_accuracy_hardly_moves(logits):
    assert logits["changes"]["test_loss"].low > 0
    assert abs(logits["changes"]["test_accuracy"].value) < 0.03


def test_targets_of_the_wrong_type_are_refused_with_a_remedy(logits):
    messages = logits["messages"]
    assert len(messages) == len(logits["attempts"]) == 5
    assert all("cross-entropy takes" in message and ", got " in message for message in messages.values())
    assert messages["softmax with one-hot labels"].endswith("Convert them with targets.argmax(dim=-1).")
    assert messages["logit with class numbers"].endswith("Convert them with targets.float().unsqueeze(-1).")


@pytest.mark.parametrize("picture", ["untrained", "curves"])
def test_logits_are_drawn(logits, picture):
    assert is_drawn(logits[picture])


# Circles, and two heads


def test_circles_are_those_of_the_lesson_and_separated(circles):
    assert circles["data"].frame.equals(circles["datasets"].circles(1000, 0.05, 0.5, 42).frame)
    assert circles["runs"].table["test_accuracy"].min() == 1.0


def test_the_plain_loop_gives_the_same_numbers_for_circles(circles):
    assert circles["probabilities_apart"] < 1e-5
    assert circles["losses_apart"] < 1e-5


def test_one_logit_is_as_good_as_two(circles):
    assert circles["equal"]
    assert circles["compared"].n_seeds == 20
    assert circles["difference"].high - circles["difference"].low < 0.01
    assert mean(circles["compared"], "one logit") > 0.95
    assert [run.network[-1].out_features for run in circles["compared"].values()] == [1, 2]


def test_two_logits_fold_into_one(circles):
    assert circles["folded_apart"] < 1e-6


@pytest.mark.parametrize("picture", ["points", "probability_map"])
def test_circles_are_drawn(circles, picture):
    assert is_drawn(circles[picture])


# No activations


def test_without_activations_the_logit_does_not_bend(straight):
    assert straight["bends"]["ReLU"] > 0.1
    assert max(straight["bends"]["no activations"], straight["bends"]["no hidden layers"]) < 1e-5
    assert straight["collapsed_apart"] < 1e-5


def test_without_activations_rings_are_not_separated(straight):
    assert mean(straight["runs"], "ReLU") == 1.0
    assert mean(straight["runs"], "no activations", "test_accuracy_high") < 0.5
    assert mean(straight["runs"], "no hidden layers", "test_accuracy_high") < 0.5


def test_a_straight_line_is_enough_for_blobs_and_not_for_moons(straight):
    assert straight["ahead"]["moons"].low > 0.05
    assert straight["ahead"]["blobs"].low < 0 < straight["ahead"]["blobs"].high


def test_on_clouds_killed_activations_change_hardly_a_prediction(straight):
    runs, clouds = straight["elsewhere"]["blobs"], straight["clouds"]
    predicted = [runs[name].predict(clouds.X) for name in ("ReLU", "no activations")]
    assert np.mean(predicted[0] == predicted[1]) > 0.97


@pytest.mark.parametrize("picture", ["on_moons", "on_circles", "on_clouds"])
def test_three_networks_are_drawn_side_by_side(straight, picture):
    assert is_drawn(straight[picture])
    assert len(straight[picture].displays) == 3


# Heart disease


def test_heart_reaches_about_85_percent_with_a_few_percent_between_runs(patients):
    accuracy = patients["accuracy"]
    assert len(accuracy) == 20
    assert 0.84 < accuracy.mean() < 0.87
    assert 0.02 < accuracy.std(ddof=1) < 0.05
    assert np.sum(accuracy > 0.85) >= 5


def test_a_lower_threshold_misses_fewer_and_alarms_more(patients):
    assert Mean.of(patients["fewer"]).low > 0
    assert Mean.of(patients["more"]).low > 0
    assert patients["saved"].low < 0 < patients["saved"].high


def test_the_page_on_costs_has_the_savings_of_one_network(patients, documented_savings):
    assert documented_savings["One network of the lesson, at 1/3"].is_close_to(patients["saved"])


def test_mistakes_are_those_of_the_first_run(patients):
    matrix = patients["confusion"].matrix
    assert (matrix[1, 0], matrix[0, 1]) == (patients["missed"][1 / 2][0], patients["alarmed"][1 / 2][0])
    assert matrix.sum() == len(patients["runs"].test_rows) == 61


def test_a_patient_gets_a_probability_and_a_strange_category_a_warning(patients):
    assert 0.1 < patients["chance"] < 0.5
    assert heart().X["age"].cast(int).max() < 80
    assert "outside what was trained on" in str(patients["caught"][0].message)
    assert 0 < patients["unseen"] < 1


def test_a_fresh_process_gives_the_same_probability(patients):
    assert patients["elsewhere"] == patients["chance"]


@pytest.mark.parametrize("picture", ["confusion", "boundary"])
def test_heart_is_drawn(patients, picture):
    assert is_drawn(patients[picture])


# Heart disease by hand, in whole numbers, without a network


def test_script_06b_trains_the_networks_of_script_06(patients, patients_by_hand):
    assert np.array_equal(patients["accuracy"], patients_by_hand["accuracy"])
    assert patients["patient"] == patients_by_hand["patient"]


def test_whole_numbers_for_categories_are_worse_and_move_the_patient(patients_by_hand):
    assert patients_by_hand["coded"]["network"].network[0].in_features == 13
    assert 0.77 < patients_by_hand["coded_accuracy"].mean() < 0.83
    assert patients_by_hand["one_hot_ahead"].low > 0
    assert patients_by_hand["coded_chances"].mean() - patients_by_hand["chances"].mean() > 0.2


def test_logistic_regression_is_about_as_good(patients_by_hand):
    assert abs(patients_by_hand["ahead"].value) < patients_by_hand["accuracy"].std(ddof=1)


def test_the_plain_loop_with_a_data_loader_gives_the_same_numbers(patients_by_hand):
    assert patients_by_hand["weights_apart"] < 1e-4
    assert patients_by_hand["losses_apart"] < 1e-5


def test_with_dropout_the_plain_loop_is_as_good(patients_by_hand):
    difference = patients_by_hand["hand_difference"]
    assert difference.low < 0 < difference.high
    assert difference.high - difference.low < 0.05


def test_three_ways_are_drawn_over_the_same_splits(patients_by_hand):
    thin, thick = (patients_by_hand["axes"].lines[part] for part in (slice(20), slice(20, None)))
    assert len(thin) == 20
    assert thick[0].get_ydata() == pytest.approx(np.mean([line.get_ydata() for line in thin], axis=0))
