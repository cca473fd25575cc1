import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.report import Report


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    return pl.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(1).integers(0, 2, 60)


def test_the_command_repeats_the_settings_that_were_changed(binary_fit):
    section = Report.of(*binary_fit, target="state", name="my table.csv").to_json()["reproduce"]
    assert section["command"] == (
        "demarcate fit 'my table.csv' --target state --hidden 8 --epochs 12 --n-folds 4 --seed 0 "
        "--out model.safetensors"
    )
    assert section["python"] == "DemarcateClassifier(hidden=(8,), epochs=12, n_folds=4, random_state=0).fit(X, y)"
    assert len(section["provenance"]["data_sha256"]) == 64


def test_a_preset_is_repeated_without_the_settings_it_implies(frame):
    settings = {"preset": "fast", "hidden": (3,), "epochs": 1}
    classifier = DemarcateClassifier(**settings, random_state=4).fit(frame, np.arange(60) % 2)
    section = Report.of(classifier, frame, np.arange(60) % 2, name="t.csv", target="y").to_json()["reproduce"]
    command = "demarcate fit t.csv --target y --preset fast --hidden 3 --epochs 1 --seed 4 --out model.safetensors"
    assert section["command"] == command
    assert section["python"] == "DemarcateClassifier(preset='fast', hidden=(3,), epochs=1, random_state=4).fit(X, y)"
    assert section["settings"]["n_folds"] == "auto"


@pytest.mark.parametrize(
    "setting", [{"pieces": False}, {"init": "torch"}, {"averaging": 0.0}, {"input_dropout": 0.1}, {"warmup": 1.0}]
)
def test_settings_without_an_option_are_shown_in_python_only(setting, frame, labels, report_of):
    section = report_of(frame, labels, **setting).to_json()["reproduce"]
    ((name, value),) = setting.items()
    assert section["command"] == ""
    assert f"{name}={value!r}" in section["python"]


def test_class_weights_by_label_are_shown_in_python_only(frame, labels, report_of):
    section = report_of(frame, labels, class_weight={0: 1.0, 1: 2.0}, patience=None).to_json()["reproduce"]
    assert section["command"] == ""
    assert "class_weight={0: 1.0, 1: 2.0}" in section["python"]
    assert "patience=None" in section["python"]


def test_options_of_reading_are_part_of_the_command(binary_fit):
    options = ("--drop-missing-target", "--delimiter", ";")
    section = Report.of(*binary_fit, name="t.csv", target="state", options=options).to_json()["reproduce"]
    command = "demarcate fit t.csv --target state --drop-missing-target --delimiter ';' --hidden 8"
    assert section["command"].startswith(command)


@pytest.mark.parametrize("name", ["height, cm", " padded", "height"])
def test_column_names_that_the_command_line_would_split_are_shown_in_python_only(name, frame, labels, report_of):
    section = report_of(frame.rename({"a": name}), labels, numerical=[name]).to_json()["reproduce"]
    assert section["command"].count(f"--numerical {name} ") == (name == "height")
    assert bool(section["command"]) is (name == "height")
    assert f"numerical=[{name!r}]" in section["python"]


def test_command_and_code_have_the_costs(cost_report, abstaining_report):
    section = cost_report.to_json()["reproduce"]
    assert "--positive ill" in section["command"]
    assert "--cost ill:well=3" in section["command"]
    assert "pos_label='ill', cost=[[0.0, 3.0], [1.0, 0.0]]" in section["python"]
    assert "--abstain 0.2" in abstaining_report.to_json()["reproduce"]["command"]


def test_labels_that_a_cost_option_cannot_name_are_shown_in_python_only(table, report_of):
    frame, codes = table(120)
    report = report_of(frame, np.where(codes == 1, "a:b", "c"), pos_label="c", cost={"false_negative": 3})
    section = report.to_json()["reproduce"]
    assert section["command"] == ""
    assert "cost=[[0.0, 1.0], [3.0, 0.0]]" in section["python"]


def test_a_table_without_a_name_is_a_placeholder(recorded_predictor, binary_fit, binary_report):
    _, frame, labels = binary_fit
    assert "Replace TABLE with" in Report.from_predictor(recorded_predictor, frame, labels).to_html()
    assert "Replace TABLE with" not in binary_report.to_html()
