from dataclasses import replace

import numpy as np


def test_curves_are_means_over_the_networks_still_in_training(binary_report, binary_fit):
    section = binary_report.to_json()["training"]
    assert {(each["rows"], each["metric"]) for each in section["curves"]} >= {("train", "loss"), ("train", "accuracy")}
    histories = [member["history"] for member in binary_report.evaluated.record["members"]]
    losses = next(each for each in section["curves"] if (each["rows"], each["metric"]) == ("train", "loss"))
    assert losses["mean"][0] == np.mean([history["train_loss"][0] for history in histories])
    assert len(section["best_epochs"]) == len(histories) == 4


def test_a_time_limit_and_divergence_are_warned_of(binary_report, section_of):
    section = section_of(binary_report, "training")
    sections = [
        replace(section, timed_out=True, diverged=("<network 0>",), left_out=("a", "b")) if each is section else each
        for each in binary_report.sections
    ]
    html = replace(binary_report, sections=tuple(sections)).to_html()
    assert "The time limit ended training" in html
    assert "To keep to it: a; b." in html
    assert "&lt;network 0&gt;" in html
    assert "The time limit ended training" not in binary_report.to_html()
