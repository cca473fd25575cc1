import json
import struct

import numpy as np
import pytest

from demarcate.cli.commands.plot import KINDS, plot

PNG, SVG, PDF = b"\x89PNG\r\n", b"<?xml", b"%PDF"


@pytest.fixture(scope="module")
def moons_model(demarcate, tmp_path_factory):
    path = tmp_path_factory.mktemp("moons") / "moons.safetensors"
    assert demarcate("fit", "moons", "--hidden", "8", "--epochs", "3", "--folds", "2", "--out", path, "-q").code == 0
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_to_a_file(kind, demarcate, moons_model, tmp_path):
    out = tmp_path / "picture.png"
    outcome = demarcate("plot", moons_model, "moons", "--kind", kind, "--out", out)
    assert outcome.code == 0, outcome.err
    assert outcome.out == ""
    assert outcome.err.splitlines()[-1] == f"Drawn to {out}"
    content = out.read_bytes()
    assert content.startswith(PNG)
    width, height = struct.unpack(">II", content[16:24])
    assert width > height * 0.9 > 300


def test_the_history_needs_no_table(demarcate, moons_model, tmp_path):
    assert demarcate("plot", moons_model, "--kind", "history", "--out", tmp_path / "h.svg").code == 0
    assert (tmp_path / "h.svg").read_bytes().startswith(SVG)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_picture_is_the_same_file(ending, demarcate, moons_model, tmp_path):
    files = [tmp_path / f"{number}.{ending}" for number in range(2)]
    for file in files:
        assert demarcate("plot", moons_model, "moons", "--out", file, "-q").code == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_slice_of_a_wider_table(demarcate, model, tmp_path):
    given = ("--columns", "age,thalach", "--at", "cp=1", "--at", "thal=fixed")
    outcome = demarcate("plot", model, "heart", *given, "--out", tmp_path / "slice.svg", "-q")
    assert (outcome.code, outcome.err) == (0, "")


def test_a_wider_table_is_drawn_over_its_two_most_important_numbers_unless_others_are_named(demarcate, model, tmp_path):
    outcome = demarcate("plot", model, "heart", "--out", tmp_path / "slice.png", "-q")
    assert (outcome.code, outcome.err) == (0, "")
    assert (tmp_path / "slice.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("heart", "--columns", "age,cp"), 2, "'cp', which holds categories"),
        (("heart", "--columns", "age"), 2, "two different columns"),
        (("heart", "--columns", "age,chol", "--at", "cp"), 2, "COLUMN=VALUE"),
        (("heart", "--columns", "age,chol", "--at", "zz=1"), 2, "at names 'zz'"),
        (("heart", "--kind", "3d"), 2, "--kind is '3d'. Choose one of regions"),
        ((), 2, "--kind regions needs rows"),
        (("moons",), 1, "There is no column 'target'"),
        (("heart", "--kind", "threshold", "--false-negative", "-1"), 2, "false_negative is -1.0. Give a finite cost"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(arguments, code, message, demarcate, model, tmp_path):
    outcome = demarcate("plot", model, *arguments, "--out", tmp_path / "out.png")
    assert outcome.code == code
    assert message in outcome.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["fit", "plot", "sweep"])
def test_a_picture_of_no_known_format_is_refused_before_the_work(command, demarcate, moons_model, tmp_path):
    option = "--out" if command == "plot" else "--plot"
    source = (moons_model, "moons") if command == "plot" else ("moons", "--hidden", "2", "--hidden", "4")
    source = ("moons",) if command == "fit" else source
    outcome = demarcate(command, *source, option, tmp_path / "picture.gif")
    assert outcome.code == 2
    assert "Give the picture a name that ends in one of .png, .svg, .pdf" in outcome.err
    assert outcome.out == ""


def test_judging_a_model_by_its_own_rows_is_warned_of(demarcate, moons_model, tmp_path):
    for kind, warned in (("confusion", True), ("threshold", True), ("regions", False)):
        outcome = demarcate("plot", moons_model, "moons", "--kind", kind, "--out", tmp_path / "p.png")
        assert ("very rows the model was trained on" in outcome.err) is warned


def test_the_model_is_not_drawn_over(demarcate, moons_model, tmp_path):
    copy = tmp_path / "model.png"
    copy.write_bytes(moons_model.read_bytes())
    outcome = demarcate("plot", copy, "moons", "--out", copy)
    assert outcome.code == 2
    assert copy.read_bytes() == moons_model.read_bytes()


def test_fit_draws_the_regions_of_two_columns_and_the_history_of_more(demarcate, tmp_path, monkeypatch):
    from demarcate import plotting

    drawn = []
    for name in ("BoundaryDisplay", "HistoryDisplay"):
        plot = getattr(plotting, name).plot
        monkeypatch.setattr(
            getattr(plotting, name),
            "plot",
            lambda self, ax=None, *, plot=plot: drawn.append(type(self).__name__) or plot(self, ax),
        )
    tiny = ("--epochs", "2", "--folds", "2", "--hidden", "4")
    for source in ("moons", "heart"):
        outcome = demarcate("fit", source, *tiny, "--plot", tmp_path / f"{source}.png", "--json")
        assert outcome.code == 0, outcome.err
        assert json.loads(outcome.out)["plot"] == str(tmp_path / f"{source}.png")
        assert (tmp_path / f"{source}.png").read_bytes().startswith(PNG)
    assert drawn == ["BoundaryDisplay", "HistoryDisplay"]


def test_sweep_draws_what_it_found(demarcate, tmp_path):
    over = ("--hidden", "2", "--hidden", "8", "--epochs", "2", "--seeds", "2")
    outcome = demarcate("sweep", "moons", *over, "--plot", tmp_path / "sweep.pdf", "-q")
    assert (outcome.code, outcome.err) == (0, "")
    assert (tmp_path / "sweep.pdf").read_bytes().startswith(PDF)


def test_two_outputs_are_two_files(demarcate, tmp_path):
    same = tmp_path / "same.png"
    outcome = demarcate("fit", "moons", "--out", same, "--plot", same)
    assert outcome.code == 2
    assert "--out and --plot both name" in outcome.err


def test_a_table_of_text_numbers_is_drawn_as_numbers(demarcate, tmp_path):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 2))
    lines = [f"{x:.3f};{y:.3f};{'in' if x * x + y * y < 1 else 'out'}" for x, y in points]
    (tmp_path / "rings.csv").write_text("\n".join(["across;up;side", *lines]))
    tiny = ("--epochs", "2", "--folds", "2", "--hidden", "4", "-q")
    outcome = demarcate("fit", tmp_path / "rings.csv", "-t", "side", *tiny, "--plot", tmp_path / "rings.png")
    assert outcome.code == 0, outcome.err


def test_the_help_names_the_kinds_in_the_same_words_everywhere():
    for kind in KINDS:
        assert kind in plot.__doc__.splitlines()[0]
