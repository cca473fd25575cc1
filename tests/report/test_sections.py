"""What single sections say where a table is unusual."""

import warnings

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.errors import InputWarning, SettingError
from demarcate.evaluation import Score
from demarcate.report import Report
from demarcate.report.sections.section import as_json, verdict


def report_of(frame, labels, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2, **settings).fit(frame, labels)
        return Report.of(classifier, frame, labels)


@pytest.mark.parametrize(
    ("own", "other", "higher", "expected"),
    [
        ((0.8, 0.9), (0.85, 0.95), True, "cannot tell"),
        ((0.8, 0.9), (0.4, 0.5), True, "better"),
        ((0.8, 0.9), (0.4, 0.5), False, "worse"),
        ((0.1, 0.2), (0.2, 0.3), False, "cannot tell"),
    ],
)
def test_a_verdict_is_given_only_where_intervals_part(own, other, higher, expected):
    scores = [Score(sum(each) / 2, *each, 100, "test") for each in (own, other)]
    assert verdict(*scores, higher=higher) == expected


def test_the_headline_says_which_rows(two_report, many_report):
    told = two_report.to_html()
    assert "Scores are out-of-fold: each of 240 rows is judged by the networks that did not train on it." in told
    assert "Learned from 240 rows and 3 columns by 4 networks" in told


def test_a_hold_out_is_called_one():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=100), "b": rng.normal(size=100)})
    report = report_of(frame, rng.integers(0, 2, 100), holdout_above=50)
    told = report.to_json()["headline"]
    assert (told["rows"], told["n_rows"]) == ("held-out", 20)
    assert "held out from all networks" in report.to_html()


def test_without_two_columns_of_numbers_there_is_no_slice():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=60), "c": rng.choice(["x", "y"], 60)})
    assert "slice" not in report_of(frame, rng.integers(0, 2, 60)).to_json()


def test_the_slice_is_over_the_most_important_numbers_and_says_what_is_held(two_report):
    told = two_report.to_json()["slice"]
    assert told["columns"] == ["signal", "other"]
    assert [each["column"] for each in told["held"]] == ["colour"]
    assert sum(told["shares"].values()) == pytest.approx(1)


def test_missing_cells_columns_not_used_and_dates_are_told_of():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "a": [None, *rng.normal(size=79)],
            "b": rng.normal(size=80),
            "day": [f"2024-01-{1 + day % 28:02d}" for day in range(80)],
            "same": [1] * 80,
        }
    )
    told = {each["name"]: each for each in report_of(frame, rng.integers(0, 2, 80)).to_json()["columns"]["columns"]}
    assert told["a"]["n_missing"] == 1
    assert told["day"]["kind"] == "date"
    assert told["same"]["remark"].startswith("not used")


def test_findings_of_the_audit_are_shown_as_they_are_on_record(page_of):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 100)
    frame = pl.DataFrame({"a": rng.normal(size=100), "leak": codes + 0.01 * rng.normal(size=100)})
    report = report_of(frame, codes)
    told = report.to_json()["findings"]
    assert told["findings"] == report.judged.record["audit"]
    assert ("giveaway", "leak", ["leak"]) in [
        (each["rule"], each["severity"], each["columns"]) for each in told["findings"]
    ]
    shown = [each for each in page_of(report.to_html()).all("li") if each.get("class", "").startswith("finding")]
    assert [each["class"].split()[-1] == "grave" for each in shown] == [
        each["severity"] == "leak" for each in told["findings"]
    ]
    assert all(each["text"] in shown[place]["text"] for place, each in enumerate(told["findings"]))


def test_a_model_without_an_audit_has_its_given_rows_audited():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 100)
    frame = pl.DataFrame({"a": rng.normal(size=100), "leak": codes + 0.01 * rng.normal(size=100)})
    judged = report_of(frame, codes).judged
    bare = judged.predictor.with_record({})
    told = Report.from_predictor(bare, frame, codes).to_json()["findings"]
    assert told["audited"] == "given"
    assert "giveaway" in [each["rule"] for each in told["findings"]]


def test_the_command_repeats_the_settings_that_were_changed(two):
    classifier, frame, labels = two
    report = Report.of(classifier, frame, labels, target="state", name="my table.csv").to_json()["reproduce"]
    assert report["command"] == (
        "demarcate fit 'my table.csv' --target state --hidden 8 --epochs 12 --folds 4 --seed 0 --out model.safetensors"
    )
    assert report["python"] == "DemarcateClassifier(hidden=(8,), epochs=12, n_folds=4, random_state=0).fit(X, y)"
    assert len(report["provenance"]["data_sha256"]) == 64


def test_a_preset_is_repeated_and_what_it_decides_is_not():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    settings = {"preset": "fast", "hidden": (3,), "epochs": 1}
    classifier = DemarcateClassifier(**settings, random_state=4).fit(frame, np.arange(60) % 2)
    told = Report.of(classifier, frame, np.arange(60) % 2, name="t.csv", target="y").to_json()["reproduce"]
    command = "demarcate fit t.csv --target y --preset fast --hidden 3 --epochs 1 --seed 4 --out model.safetensors"
    assert told["command"] == command
    assert told["python"] == "DemarcateClassifier(preset='fast', hidden=(3,), epochs=1, random_state=4).fit(X, y)"
    assert told["settings"]["n_folds"] == "auto"


@pytest.mark.parametrize(
    "setting", [{"pieces": False}, {"init": "torch"}, {"averaging": 0.0}, {"input_dropout": 0.1}, {"warmup": 1.0}]
)
def test_how_networks_begin_are_averaged_and_read_numbers_is_shown_in_python_alone(setting):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    told = report_of(frame, rng.integers(0, 2, 60), **setting).to_json()["reproduce"]
    ((name, value),) = setting.items()
    assert told["command"] == ""
    assert f"{name}={value!r}" in told["python"]


def test_settings_the_command_line_lacks_are_shown_in_python_alone():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    told = report_of(frame, rng.integers(0, 2, 60), class_weight={0: 1.0, 1: 2.0}, patience=None).to_json()["reproduce"]
    assert told["command"] == ""
    assert "class_weight={0: 1.0, 1: 2.0}" in told["python"]
    assert "patience=None" in told["python"]


def test_of_many_classes_the_commonest_mistakes_are_shown_instead_of_a_matrix(page_of):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=300), "b": rng.normal(size=300)})
    report = report_of(frame, np.array([f"class {code}" for code in rng.integers(0, 25, 300)]))
    page = page_of(report.to_html())
    captions = [each["text"] for each in page.all("caption")]
    assert not [each for each in captions if each.startswith("Rows of each class (down)")]
    assert [each for each in captions if each.startswith("Rows of a class put in another")]
    assert len(report.to_json()["curves"]["classes"]) == 12


def test_json_knows_no_nan():
    assert as_json({"a": float("nan"), "b": np.array([1.0, np.inf]), 3: ("x",)}) == {
        "a": None,
        "b": [1.0, None],
        "3": ["x"],
    }


@pytest.fixture(scope="module")
def endless(table):
    """A table with infinite cells and a classifier of it."""
    frame, codes = table(120)
    frame = frame.with_columns(pl.when(pl.int_range(pl.len()) == 3).then(np.inf).otherwise("signal").alias("signal"))
    with pytest.warns(InputWarning, match="1 cell is infinite"):
        return DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2).fit(frame, codes), frame, codes


def test_cells_that_fit_warned_of_are_not_warned_of_again(endless):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Report.of(*endless).to_html()


def test_new_rows_are_warned_of_once(endless):
    classifier, frame, codes = endless
    with pytest.warns() as caught:
        Report.from_predictor(classifier.predictor_, frame[:50], codes[:50]).to_html()
    assert [str(each.message) for each in caught] == ["column 'signal': 1 cell is infinite, read as missing"]


def test_the_largest_numbers_there_are_are_drawn_and_not_warned_of(table):
    frame, codes = table(120)
    largest = {0: 1.7e308, 1: -1.7e308}
    cells = [largest.get(row, cell) for row, cell in enumerate(frame["other"].to_list())]
    frame = frame.with_columns(other=pl.Series(cells))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier = DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2).fit(frame, codes)
        report = Report.of(classifier, frame, codes)
        html = report.to_html()
    assert np.isfinite(report.to_json()["slice"]["extent"]).all()
    assert "inf" not in html[html.index('id="slice-figure-text"') : html.index('id="mistakes"')]


@pytest.mark.parametrize(("n_rows", "words"), [(1, "A single row is"), (29, "29 rows are")])
def test_few_rows_conclude_nothing(n_rows, words, two, page_of):
    classifier, frame, labels = two
    predictor = classifier.predictor_.with_record(classifier.record())
    # Rows that it gets wrong: of one alone every interval would say that it is worse.
    wrong = np.flatnonzero(predictor.predict(frame) != labels)[:1]
    rows = np.concatenate([wrong, np.setdiff1d(np.arange(len(labels)), wrong)])[:n_rows]
    report = Report.from_predictor(predictor, frame[rows.tolist()], labels[rows])
    assert {each for found in report.to_json()["headline"]["verdicts"].values() for each in found.values()} == {
        "cannot tell"
    }
    html = report.to_html()
    assert page_of(html).wrong == []
    assert f"{words} too few to tell whether it is better than the majority class." in html
    assert "So few rows tell nothing of that" in html
    assert "Worse than" not in html
    assert "Better than" not in html


def test_thirty_rows_are_enough_to_conclude_from(two):
    classifier, frame, labels = two
    predictor = classifier.predictor_.with_record(classifier.record())
    html = Report.from_predictor(predictor, frame[:30], labels[:30]).to_html()
    assert "too few to tell" not in html
    assert "So few rows" not in html


def test_importance_of_a_single_row_is_a_sentence_and_no_drawing(two):
    classifier, frame, labels = two
    html = Report.from_predictor(classifier.predictor_, frame[:1], labels[:1]).to_html()
    assert "Shuffling a column changes nothing on this row: there is nothing to draw." in html
    assert "importance-figure" not in html


def test_the_zero_axis_of_importance_leaves_the_names_alone(two_report, page_of):
    section = next(each for each in two_report.sections if each.key == "importance")
    drawing = page_of(section.figure())
    ends = [
        [float(part.split(" ")[1]) for part in each["d"].lstrip("M").split("L")]
        for each in drawing.all("path")
        if each["class"] == "line zero"
    ]
    # A name of 11 units stands on its baseline, with some letters reaching 3 below it.
    names = [(float(each["y"]) - 11, float(each["y"]) + 3) for each in drawing.all("text") if "halo" in each["class"]]
    assert len(ends) == len(names) == 3
    assert all(max(end) <= top or min(end) >= bottom for end in ends for top, bottom in names)


def test_names_may_be_broken_behind_an_underscore_and_read_the_same(page_of):
    frame = pl.DataFrame({"years_at_work": np.random.default_rng(0).normal(size=60), "b": np.arange(60) % 7})
    html = report_of(frame, np.arange(60) % 2).to_html()
    assert "years_<wbr>at_<wbr>work" in html
    assert "years_at_work" in [each["text"] for each in page_of(html).all("bdi")]


def test_given_rows_are_not_said_to_be_others_than_those_trained_on(two):
    classifier, frame, labels = two
    predictor = classifier.predictor_.with_record(classifier.record())
    turned = Report.from_predictor(predictor, frame[::-1], labels[::-1])
    said = next(each for each in turned.sections if each.key == "headline").judged_by
    assert not turned.judged.own_rows
    assert "not the training table as a whole, row for row; rows of it may be among them" in said


def test_the_worst_mistakes_are_ordered_by_what_is_said_of_them(two_report):
    shares = [each["probability_truth"] for each in two_report.to_json()["mistakes"]["mistakes"]]
    assert shares == sorted(shares)
    html = two_report.to_html()
    assert "These are the ones whose true class it held least likely" in html
    assert "The least probability of the true class first" in html


def test_a_matrix_left_out_is_told_of(page_of):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=300), "b": rng.normal(size=300)})
    many, fewer = (report_of(frame, rng.integers(0, n_classes, 300)).to_html() for n_classes in (21, 20))
    assert "With 21 classes the matrix itself is left out for its size: the commonest mistakes stand for it." in many
    assert "left out for its size" not in fewer


def test_options_of_reading_are_part_of_the_command(two):
    classifier, frame, labels = two
    options = ("--drop-missing-target", "--delimiter", ";")
    command = Report.of(classifier, frame, labels, name="t.csv", target="state", options=options).to_json()[
        "reproduce"
    ]["command"]
    assert command.startswith("demarcate fit t.csv --target state --drop-missing-target --delimiter ';' --hidden 8")


@pytest.mark.parametrize("name", ["height, cm", " padded", "height"])
def test_columns_that_the_command_line_would_part_are_named_in_python_alone(name):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({name: rng.normal(size=60), "b": rng.normal(size=60)})
    told = report_of(frame, rng.integers(0, 2, 60), numerical=[name]).to_json()["reproduce"]
    assert told["command"].count(f"--numerical {name} ") == (name == "height")
    assert bool(told["command"]) is (name == "height")
    assert f"numerical=[{name!r}]" in told["python"]


def test_a_table_that_is_not_at_hand_is_a_placeholder_and_said_to_be_one(two, two_report):
    classifier, frame, labels = two
    predictor = classifier.predictor_.with_record(classifier.record())
    assert "TABLE stands for" in Report.from_predictor(predictor, frame, labels).to_html()
    assert "TABLE stands for" not in two_report.to_html()


def test_a_saved_classifier_is_sent_where_its_report_is_made(two):
    classifier, frame, labels = two
    with pytest.raises(SettingError, match=r"got a Predictor\. .* Report\.from_predictor\(predictor, table, labels\)"):
        Report.of(classifier.predictor_, frame, labels)
