import inspect
import json
import signal
import sys
import time

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier, datasets, diagnose
from demarcate.classifier.presets import PRESETS
from demarcate.cli.commands.diagnose import diagnose as command
from demarcate.cli.option_groups import expand_options
from demarcate.errors import SettingError

ENDLESS = ("--epochs", "1000000", "--patience", "0", "--hidden", "4")
TINY = ("--hidden", "2", "--activation", "tanh", "--epochs", "30", "--lr", "0.02", "--seeds", "2")


@pytest.fixture(scope="module")
def report(demarcate, tmp_path_factory):
    picture = tmp_path_factory.mktemp("diagnosis") / "picture.png"
    outcome = demarcate("diagnose", "moons", *TINY, "--json", "--plot", picture)
    assert outcome.code == 0, outcome.err
    return {**json.loads(outcome.out), "picture": picture, "err": outcome.err}


def test_json_is_what_the_same_diagnosis_gives_in_python(report):
    moons = datasets.moons()
    clf = DemarcateClassifier(hidden=(2,), activation="tanh", epochs=30, lr=0.02)
    expected = clf.diagnose(moons.X, moons.y, seeds=2).to_json()
    assert {name: report[name] for name in expected} == json.loads(json.dumps(expected))
    assert report["target"] == "label"
    assert report["diagnose_seconds"] > 0


def test_a_preset_is_that_of_fit(demarcate, monkeypatch):
    asked = []

    def diagnosed(training_set, network, training, **_):
        asked.append((network.hidden, training.epochs, training.patience))
        raise SettingError("far enough")

    monkeypatch.setattr("demarcate.classifier.classifier.diagnose_training_set", diagnosed)
    outcome = demarcate("diagnose", "moons", "--preset", "fast", "--epochs", "7", "--quiet")
    assert (outcome.code, asked) == (2, [(PRESETS["fast"].hidden, 7, PRESETS["fast"].patience)])
    outcome = demarcate("diagnose", "moons", "--preset", "quick", "--quiet")
    assert (outcome.code, len(asked)) == (2, 1)
    assert "preset must be one of fast, default, best, lesson, got 'quick'" in outcome.err


def test_the_picture_is_written_and_said_so(report):
    assert report["picture"].read_bytes().startswith(b"\x89PNG")
    assert report["plot"] == str(report["picture"])
    assert f"Drawn to {report['picture']}" in report["err"]


def test_people_read_the_verdict_and_what_would_help(demarcate):
    outcome = demarcate("diagnose", "circles", *TINY)
    assert outcome.code == 0, outcome.err
    assert "Class balance" in outcome.out
    assert "would it help?" in outcome.out
    assert "more capacity" in outcome.out
    assert "probes x 2 seeds on 1,000 rows" in " ".join(outcome.out.split())


def test_quiet_is_quiet(demarcate):
    outcome = demarcate("diagnose", "moons", *TINY, "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_rows_can_be_fewer(demarcate):
    outcome = demarcate("diagnose", "circles", *TINY, "--max-rows", "50", "--json")
    told = json.loads(outcome.out)
    assert (told["n_rows"], told["n_used"]) == (1000, 50)


def test_a_table_with_categories_and_gaps_is_diagnosed(demarcate, tmp_path):
    path = tmp_path / "table.csv"
    lines = [f"{'' if row % 7 == 0 else row},{'ab'[row % 2]},{'yes' if row % 3 else 'no'}" for row in range(40)]
    path.write_text("\n".join(["size,kind,fine", *lines]) + "\n")
    outcome = demarcate("diagnose", path, "--target", "fine", *TINY, "--class-weight", "balanced", "--json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["n_rows"] == 40


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("moons", "--seeds", "1"), 2, "seeds is 1. Give a whole number from 2 up"),
        (("moons", "--hidden", "wide"), 2, "--hidden is 'wide'. Give the widths"),
        (("moons", "--lr", "-1"), 2, "lr must be above 0"),
        (("moons", "--plot", "picture.txt"), 2, "Give the picture a name that ends in one of .png, .svg, .pdf"),
        (("moons", "--target", "labl"), 1, "Did you mean 'label'"),
        (("nowhere.csv", "--target", "x"), 1, "nowhere.csv"),
    ],
)
def test_what_is_wrong_is_told(demarcate, arguments, code, said):
    outcome = demarcate("diagnose", *arguments)
    assert outcome.code == code
    assert said in outcome.err


def test_too_few_rows_are_refused_input(demarcate, tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("x,y\n" + "".join(f"{row},{'ab'[row % 2]}\n" for row in range(10)))
    outcome = demarcate("diagnose", path, "--target", "y", *TINY)
    assert outcome.code == 1
    assert "takes at least 20" in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_is_one_sentence_and_leaves_no_picture(start, tmp_path):
    process = start("diagnose", "heart", *ENDLESS, "--plot", tmp_path / "picture.png")
    while b"45.9%" not in process.stdout.readline():  # the last line before training
        assert process.poll() is None
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_its_defaults_are_those_of_python():
    options = inspect.signature(expand_options(command)).parameters
    parameters = inspect.signature(diagnose).parameters
    for name in ("seeds", "max_rows", "seed"):
        assert options[name].default == parameters[name].default


@pytest.fixture
def visits(tmp_path):
    """Six rows of each of 20 people, with a day and a weight."""
    generator = np.random.default_rng(0)
    person = np.repeat(np.arange(20), 6)
    frame = pl.DataFrame(
        {
            "person": [f"P-{number:03}" for number in person],
            "day": np.arange(120) * 0.5,
            "w": np.linspace(1, 3, 120),
            "a": generator.normal(size=20)[person],
            "b": generator.normal(size=120),
            "ill": generator.integers(2, size=20)[person],
        }
    )
    frame.write_csv(tmp_path / "visits.csv")
    return tmp_path / "visits.csv"


@pytest.mark.parametrize(
    ("options", "split", "weighted"),
    [
        (("--group", "person"), "by group", False),
        (("--time", "day", "--gap", "1"), "forward in time", False),
        (("--weights", "w"), "by row", True),
        (("--group", "person", "--weights", "w"), "by group", True),
    ],
)
def test_rows_are_held_out_as_they_depend_on_one_another(demarcate, visits, options, split, weighted):
    outcome = demarcate("diagnose", visits, "--target", "ill", *TINY, *options, "--json")
    assert outcome.code == 0, outcome.err
    report = json.loads(outcome.out)
    assert (report["split"], report["is_weighted"]) == (split, weighted)


def test_a_column_that_is_not_there_is_refused(demarcate, visits):
    outcome = demarcate("diagnose", visits, "--target", "ill", *TINY, "--group", "persn")
    assert outcome.code == 1
    assert "There is no column 'persn'. Did you mean 'person'" in outcome.err
