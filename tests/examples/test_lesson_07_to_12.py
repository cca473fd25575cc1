"""The claims of scripts 07 to 12b: each script runs once, unchanged, and its results are checked."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import pyplot as plt

from demarcate.datasets import heart
from demarcate.evaluation import Mean


def mean(runs, name, metric="test_accuracy"):
    return next(row for row in runs.means.to_dicts() if row["network"] == name)[metric]


def is_drawn(display):
    return display.figure_ is not None and len(np.ravel(display.ax_)) >= 1


def holds(interval, value=0.0):
    return interval.low <= value <= interval.high


# Leaks


def test_the_scaler_leak_adds_less_than_a_point(leaks):
    assert leaks["scaler_gain"].n_repeats == 50
    assert -0.01 < leaks["scaler_gain"].low <= leaks["scaler_gain"].high < 0.01


def test_both_scalers_have_the_same_splits(leaks):
    pairs = zip(leaks["scaled_inside"].repeats["network"], leaks["scaled_before"].repeats["network"], strict=True)
    assert all(np.array_equal(one.test_rows, other.test_rows) for one, other in pairs)


def test_choosing_columns_on_all_rows_makes_a_discovery_of_noise(leaks):
    assert leaks["selection_gain"].n_repeats == 50
    assert leaks["selection_gain"].low > 0.15
    assert leaks["leaky_accuracy"].mean() > 0.7


def test_columns_chosen_on_the_training_rows_leave_a_coin(leaks):
    interval = type(leaks["selection_gain"]).of(leaks["clean_accuracy"])
    assert 0.45 < interval.value < 0.55
    assert holds(interval, 0.5)
    assert all(
        np.array_equal(one.train_rows, other.train_rows)
        for one, other in zip(leaks["leaky"], leaks["clean"], strict=True)
    )


def test_the_honest_networks_know_their_training_rows_by_heart(leaks):
    assert np.mean([run.train_accuracy for run in leaks["clean"]]) > 0.95
    assert is_drawn(leaks["with_leak"])
    assert is_drawn(leaks["without"])


# Thresholds and costs


def test_every_patient_has_an_out_of_fold_probability(thresholds):
    assert len(thresholds["probability"]) == len(heart().y) == 303
    assert thresholds["ill"].sum() == 139


def test_a_lower_threshold_misses_fewer_and_alarms_more(thresholds):
    ill, probability = thresholds["ill"], thresholds["probability"]
    counts = [thresholds["mistakes"](threshold, ill, probability) for threshold in np.arange(1, 10) / 10]
    alarmed, missed = zip(*counts, strict=True)
    assert list(alarmed) == sorted(alarmed, reverse=True)
    assert list(missed) == sorted(missed)


def test_the_cheapest_threshold_is_below_one_half_and_misses_fewer(thresholds):
    ill, probability, best = thresholds["ill"], thresholds["probability"], thresholds["best"]
    assert best < 0.5
    assert thresholds["mistakes"](best, ill, probability)[1] < thresholds["mistakes"](0.5, ill, probability)[1]
    assert thresholds["cost"](best, ill, probability) <= thresholds["cost"](0.5, ill, probability)


def test_the_picture_counts_what_the_script_counts(thresholds):
    ill, probability, best = thresholds["ill"], thresholds["probability"], thresholds["best"]
    drawn = thresholds["display"]
    assert drawn.cost.min() == pytest.approx(thresholds["cost"](best, ill, probability) / 303)
    matrix = thresholds["confusion"].matrix
    assert (matrix[0, 1], matrix[1, 0]) == thresholds["mistakes"](best, ill, probability)


def test_the_cheapest_threshold_differs_between_seeds(thresholds):
    assert np.ptp([thresholds["best"], *thresholds["cheapest_thresholds"]]) > 0.1


def test_at_a_cost_of_two_the_savings_of_a_searched_threshold_on_other_rows_may_be_chance(thresholds):
    saved = thresholds["saved"][2.0]
    assert holds(saved["chosen"])
    assert saved["chosen"].value < 0.7 * saved["promised"].value


def test_at_a_cost_of_two_the_rule_is_no_worse_than_the_search_and_not_beyond_chance(thresholds):
    saved = thresholds["saved"][2.0]
    assert holds(saved["rule"], 0.0)
    assert saved["rule"].high > saved["chosen"].value


def test_at_a_cost_of_ten_a_low_threshold_saves_and_the_rule_as_much_as_the_search(thresholds):
    saved = thresholds["saved"][10.0]
    assert saved["chosen"].low > 0
    assert saved["rule"].low > 0
    assert holds(saved["chosen"], saved["rule"].value)


def test_the_page_on_costs_has_the_savings_of_search_and_rule(thresholds, documented_savings):
    saved, on_all = thresholds["saved"], thresholds["by_rule_on_all"]
    for name, found in {
        "The threshold that was cheapest, on the rows that chose it": saved[2.0]["promised"],
        "The same threshold, on other rows": saved[2.0]["chosen"],
        "The default classifier at 1/3, on other rows": saved[2.0]["rule"],
        "The same at a cost of 10 to 1, at 1/11": saved[10.0]["rule"],
    }.items():
        assert documented_savings[name].is_close_to(found), name
    per_100 = SimpleNamespace(value=100 * on_all.value, low=100 * on_all.low, high=100 * on_all.high)
    assert documented_savings["`fit --cost false_negative=2`, all 303 patients"].is_close_to(per_100)


# Too small, too big, about right


def test_the_loop_by_hand_is_what_train_does(trio):
    assert trio["same_start"]
    assert trio["apart"] < 1e-4


def test_tiny_is_flat_and_wrong_on_training_rows(trio):
    tiny, losses = trio["runs"]["tiny"], trio["runs"]["tiny"].history["train_loss"]
    assert losses[trio["EPOCHS"] // 2 - 1] - losses[-1] < 0.02
    assert tiny.train_loss > 2 * trio["runs"]["good"].train_loss
    assert tiny.train_accuracy < 0.9


def test_the_test_loss_of_big_turns_early_and_climbs(trio):
    big, good = trio["evidence"]["big"], trio["evidence"]["good"]
    assert trio["runs"]["big"].history["train_loss"][-1] < 1e-3
    assert big["lowest_epoch"] < 200
    assert big["last"] > 3 * big["lowest"]
    assert good["last"] < 1.6 * good["lowest"]


def test_big_is_no_more_often_wrong_in_the_end_than_at_its_lowest_loss(trio):
    history = trio["runs"]["big"].history["test_accuracy"]
    assert history[-1] >= history[trio["evidence"]["big"]["lowest_epoch"] - 1] - 0.02


def test_on_the_first_split_the_gap_of_tiny_is_the_widest(trio):
    gaps = {name: evidence["gap"] for name, evidence in trio["evidence"].items()}
    assert max(gaps, key=gaps.get) == "tiny"


def test_over_the_splits_the_gap_of_big_is_the_widest(trio):
    gaps = trio["gaps"]
    assert gaps["big"].low > max(gaps["tiny"].high, gaps["good"].high)
    assert gaps["big"].low > 0


def test_the_claims_that_hold(trio):
    repeated = trio["runs"]
    assert repeated.n_seeds == 20
    assert 0.78 < mean(repeated, "tiny") < 0.85
    assert 0.78 < mean(repeated, "tiny", "train_accuracy") < 0.86
    assert mean(repeated, "big", "train_accuracy") > 0.99
    assert trio["good_over_big"].high > 0
    assert trio["good_over_big"].low > -0.01
    assert trio["good_loss_over_big"].high < 0


def test_the_claim_that_does_not_hold(trio):
    assert trio["big_over_tiny"].low > 0.03


def test_the_boundary_is_rougher_from_tiny_to_good_to_big(trio):
    lengths = trio["lengths"]
    assert [len(each) for each in lengths.values()] == [20, 20, 20]
    pairs = (("good", "tiny"), ("big", "good"))
    assert all(Mean.of(np.subtract(lengths[one], lengths[other])).low > 0 for one, other in pairs)
    roughness = {name: Mean.of(each) for name, each in lengths.items()}
    assert roughness["tiny"].high < roughness["good"].low < roughness["good"].high < roughness["big"].low


def test_the_trio_is_drawn(trio):
    assert list(trio["comparison"].displays) == ["tiny", "big", "good"]
    assert all(is_drawn(curves) for curves in trio["curves"].values())
    assert is_drawn(trio["rough"])
    assert is_drawn(trio["comparison"])


def test_the_program_calls_the_trio_what_the_script_calls_it(trio):
    headlines = {name: diagnosis.headline for name, diagnosis in trio["diagnoses"].items()}
    for name, words in {"tiny": "underfits", "big": "overfits", "good": "is about right"}.items():
        assert words in headlines[name]


# Sweeps


def test_the_smallest_widths_are_too_few(sweeps):
    assert {"2", "4"} <= set(sweeps["too_narrow"])
    assert not {"16", "32", "64", "128", "256"} & set(sweeps["too_narrow"])
    assert not {"128", "256"} & set(sweeps["worse_in_log_loss"])


def test_from_16_on_accuracy_is_flat(sweeps):
    table = sweeps["by_width"].table
    wide = table.filter(table["hidden"].is_in(["16", "32", "64", "128", "256"]))["validation_accuracy"]
    assert wide.max() - wide.min() < 0.03


def test_on_fresh_points_the_widest_is_surer_than_it_should_be_and_hardly_more_often_wrong(sweeps):
    assert abs(sweeps["wide_accuracy"].value) < 0.01
    assert sweeps["wide_loss"].low > 0


def test_decay_tames_the_big_network(sweeps):
    table = sweeps["by_decay"].table.sort("weight_decay")
    losses, trained = table["validation_log_loss"].to_list(), table["train_accuracy"].to_list()
    assert table["weight_decay"][int(np.argmin(losses))] == 1e-2
    assert losses[0] > 2 * losses[-1]
    assert trained[2] > 0.96 > trained[-1]
    assert sweeps["worse_decay_in_accuracy"] == []
    assert sweeps["decay_loss"].high < 0


def test_the_intervals_shrink_with_growing_decay(sweeps):
    table = sweeps["by_decay"].table.sort("weight_decay")
    widths = (table["validation_log_loss_high"] - table["validation_log_loss_low"]).to_list()
    assert widths[-1] < widths[-2] < widths[0]
    assert sweeps["width_display"].over == "hidden"
    assert sweeps["decay_display"].metric == "log_loss"


# Early stopping


def test_the_loop_by_hand_stops_where_train_does(stopping):
    stopped = stopping["stopped"]
    assert stopping["best_epoch"] == stopped.best_epoch
    assert stopping["epoch"] == len(stopped.history)
    assert stopping["apart"] < 1e-3


def test_early_stopping_saves_log_loss_and_hardly_changes_accuracy(stopping):
    assert stopping["loss_saved"].low > 0.1
    assert mean(stopping["runs"], "to the end", "test_loss") > 1.5 * mean(stopping["runs"], "stopped", "test_loss")
    assert abs(stopping["accuracy_gained"].value) < 0.02
    assert holds(stopping["accuracy_gained"])


def test_training_on_the_validation_rows_as_well_is_no_better(stopping):
    assert stopping["price"].low > 0


def test_rows_that_choose_the_epoch_have_a_lower_loss(stopping):
    assert stopping["optimism"].low > 0
    apart = np.subtract(stopping["honest"], stopping["reported"])
    assert (apart >= -1e-6).all()
    assert stopping["optimism"].value < stopping["loss_saved"].value


def test_only_the_groups_are_swapped(stopping):
    done = stopping["done"]
    first, second = (stopping["by_class"](rows) for rows in (done.validation_rows, done.test_rows))
    labels = stopping["labels"]
    assert np.array_equal(labels[first], labels[second])
    assert np.array_equal(stopping["swapped"][first], stopping["X_all"][second])
    assert np.array_equal(stopping["swapped"][done.train_rows], stopping["X_all"][done.train_rows])


def test_the_best_epoch_is_marked(stopping):
    assert stopping["stopped_display"].best_epoch == stopping["stopped"].best_epoch < len(stopping["stopped"].history)
    assert is_drawn(stopping["display"])


# Exercises


def test_labels_that_are_measurements_are_refused(exercises):
    assert "regression" in exercises["refusal"]


def test_a_patient_without_thal_is_refused(more_exercises):
    assert "Missing column: 'thal'" in more_exercises["missing"]


def test_narrow_clouds_are_easy_and_wide_ones_hard(exercises):
    clouds, epochs_to = exercises["clouds"], exercises["epochs_to"]
    accuracy = {name: mean(runs, "network") for name, runs in clouds.items()}
    assert accuracy["width 0.5"] >= accuracy["as in the lesson"] > 0.98
    assert accuracy["as in the lesson"] > accuracy["2000 points, width 2.0"] > accuracy["width 4.0"]
    assert len(clouds["50 points"].test_rows) == 10
    assert epochs_to(clouds["width 0.5"], level=0.97) < epochs_to(clouds["as in the lesson"], level=0.97)


def test_of_narrow_clouds_and_of_few_points_every_test_row_is_right_which_proves_little_of_few(exercises):
    clouds = exercises["clouds"]
    reached = {name: mean(runs, "network") for name, runs in clouds.items()}
    assert reached["width 0.5"] == reached["50 points"] == 1.0
    assert reached["width 4.0"] < 0.9 < reached["2000 points, width 2.0"] < 0.985
    assert clouds["50 points"]["network"].scores["accuracy"].low < 0.8
    assert is_drawn(exercises["wide"])


def test_more_epochs_help_a_small_learning_rate_and_not_a_large_one(exercises):
    clouds = exercises["clouds"]
    assert mean(clouds[0.001, 500], "network") > mean(clouds[0.001, 100], "network") + 0.1
    assert mean(clouds[2.0, 500], "network") < 0.6
    same = [
        np.ptp(run.logits(exercises["blobs"].X).numpy(), axis=0).max() for run in clouds[2.0, 500].repeats["network"]
    ]
    assert sum(spread == 0 for spread in same) > len(same) / 2


def test_the_linear_model_is_hardly_worse_on_clouds(exercises):
    assert exercises["straight"].difference("8-8", "no hidden layers").value < 0.01


def test_losses_are_computed_from_logits(exercises):
    assert exercises["from_logits"] == 200
    assert np.isinf(exercises["from_probabilities"])


def test_two_layers_of_16_leave_nothing_for_a_third(exercises):
    rings = exercises["rings"]
    assert abs(exercises["deeper"].value) < 0.005
    accuracies = [mean(rings, name) for name in ("2", "3", "4", "8")]
    assert all(narrow < wide for narrow, wide in pairwise(accuracies))
    assert accuracies[0] < 0.75
    assert exercises["epochs_to"](rings, "16-16") < exercises["epochs_to"](exercises["by_sgd"]) < 600


def test_overlapping_rings_leave_the_network_unsure(exercises):
    def unsure(display):
        return ((display.probabilities[..., 1] > 0.1) & (display.probabilities[..., 1] < 0.9)).mean()

    tidy = type(exercises["band"]).from_estimator(exercises["rings"]["16-16"], exercises["datasets"].circles())
    plt.close("all")
    assert unsure(exercises["band"]) > 2 * unsure(tidy)
    assert mean(exercises["blurred"], "network") < 0.8


def test_a_third_column_does_what_hidden_layers_did(more_exercises):
    assert mean(more_exercises["with_column"], "network") > 0.99


def test_sigmoid_is_slowest_and_no_activation_never_arrives(more_exercises):
    names = ("relu", "tanh", "gelu", "sigmoid", "ten layers of none")
    epochs = {name: more_exercises["epochs_to"](more_exercises["curved"], name) for name in names}
    assert max(names[:4], key=epochs.get) == "sigmoid"
    assert np.isinf(epochs["ten layers of none"])


def test_without_dropout_heart_is_learned_by_heart_only_after_many_epochs(more_exercises):
    short, long = more_exercises["short"], more_exercises["long"]
    assert mean(short, "no dropout", "train_accuracy") < 0.93
    assert mean(long, "no dropout", "train_accuracy") > 0.97
    assert holds(short.difference("dropout 0.5", "no dropout"))
    assert long.difference("dropout 0.5", "no dropout").low > 0
    assert mean(long, "no dropout") < mean(short, "no dropout")


def test_a_second_layer_on_heart_makes_no_difference_that_shows(more_exercises):
    assert holds(more_exercises["second_layer"])


def test_with_dropout_the_loss_of_the_steps_is_above_that_of_all_units(more_exercises):
    on_test_rows = more_exercises["dropped"].scores["log_loss"].value
    assert more_exercises["in_steps"] > on_test_rows > more_exercises["afterwards"]


def test_every_column_of_the_patient_moves_the_probability(more_exercises):
    assert set(more_exercises["ranges"]) == set(heart().feature_names)
    assert all(0 < interval.value < 1 for interval in more_exercises["ranges"].values())


def test_the_same_seed_gives_the_same_bits(more_exercises):
    assert more_exercises["same_bits"]


def test_networks_agree_where_there_are_points(more_exercises):
    display = more_exercises["disagreement"]
    across, up = np.meshgrid(display.slice.across, display.slice.up)
    places = np.stack([across.ravel(), up.ravel()], axis=1)
    nearest = np.linalg.norm(places[:, None] - display.points[None], axis=2).min(1).reshape(across.shape)
    assert display.spread[nearest < 0.2].mean() < 0.5 * display.spread[nearest > 1].mean()
    assert len(display.member_probabilities) == 8
