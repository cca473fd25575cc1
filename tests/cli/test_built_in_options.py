import inspect
import json
import re
from dataclasses import fields

import pytest

from demarcate import datasets
from demarcate.cli.built_in_options import BuiltInOptions, read_centers, read_deviations
from demarcate.cli.error_handling import UsageError
from demarcate.cli.options import ReadingOptions
from demarcate.cli.table_input import load_table


def test_options_are_arguments_of_the_data_sets_function():
    options = BuiltInOptions(n_samples=50, cluster_std="2.0", centers="3", data_seed=7)
    drawn = options.dataset("blobs").frame
    assert drawn.equals(datasets.blobs(n_samples=50, cluster_std=2.0, centers=3, random_state=7).frame)
    assert load_table("moons", ReadingOptions(noise=0.2)).frame.equals(datasets.moons(noise=0.2).frame)


def test_centres_and_deviations_are_numbers_or_lists():
    assert (read_centers("4"), read_centers("0,0;5,-5")) == (4, [[0, 0], [5, -5]])
    assert (read_deviations("2"), read_deviations("0.5,2")) == (2.0, [0.5, 2.0])
    for read in (read_centers, read_deviations):
        with pytest.raises(UsageError, match="is 'many'"):
            read("many")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("moons", "--factor", 0.3), "--factor is no option of moons. It takes --n-samples, --noise, --data-seed"),
        (
            ("heart", "--noise", 1),
            "--noise is no option of heart. It takes no such option; --noise is for circles, moons",
        ),
        (("t.csv", "--noise", 1), "--noise shapes a built-in data set, and 't.csv' is a table of its own"),
        (("moons", "--noise", -1), "--noise must be a finite number from 0 up, got -1.0"),
        (("moons", "--data-seed", -1), "--data-seed is -1. Give a whole number from 0 to 4294967295"),
    ],
)
@pytest.mark.parametrize("command", ["fit", "diagnose", "audit"])
def test_an_option_that_does_not_suit_the_table_is_wrong_usage(demarcate, command, arguments, message):
    outcome = demarcate(command, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


def test_a_saved_model_meets_other_points(demarcate, tmp_path):
    path = tmp_path / "moons.safetensors"
    fitted = demarcate("fit", "moons", "--n-samples", 60, "--preset", "lesson", "--epochs", 3, "--out", path, "--json")
    assert json.loads(fitted.out)["n_samples"] == 60
    scored = demarcate("evaluate", path, "moons", "--n-samples", 80, "--data-seed", 1, "--json")
    assert json.loads(scored.out)["n_samples"] == 80
    assert len(demarcate("predict", path, "moons", "--n-samples", 40).out.splitlines()) == 41


def test_the_words_of_a_command_line_give_the_same_points():
    options = ReadingOptions(n_samples=50, cluster_std="0.5,2", centers="0,0;5,5")
    assert options.words() == ["--n-samples", "50", "--centers", "0,0;5,5", "--cluster-std", "0.5,2"]
    assert options.without_shape().words() == []


def test_the_help_states_the_defaults_of_the_functions():
    for name in ("blobs", "circles", "moons"):
        for parameter in inspect.signature(datasets.BUILT_IN[name]).parameters.values():
            option = {"random_state": "data_seed"}.get(parameter.name, parameter.name)
            (field,) = (each for each in fields(BuiltInOptions) if each.name == option)
            assert re.search(rf"\b{parameter.default}\b", field.metadata["typer"][0].help), (name, option)
