import json

import pytest

from demarcate.cli.former_options import with_present_names

TINY = ("--hidden", "4", "--epochs", "2", "--json")


def test_former_names_are_read_as_present_ones_up_to_the_end_of_options():
    options = {"--n-folds", "--n-seeds", "--seed"}
    args = ["moons", "--folds", "2", "--seeds=3", "--seed", "1", "--", "--folds"]
    assert with_present_names(args, options) == ["moons", "--n-folds", "2", "--n-seeds=3", *args[4:]]


def test_a_command_with_an_option_of_that_name_keeps_it():
    assert with_present_names(["moons", "--seeds", "3"], {"--seeds"}) == ["moons", "--seeds", "3"]


def test_both_names_fit_the_same_networks(demarcate):
    former, present = (
        json.loads(demarcate("fit", "moons", *TINY, folds, "2", seeds, "2").out)
        for folds, seeds in (("--folds", "--seeds"), ("--n-folds", "--n-seeds"))
    )
    assert former["members"] == present["members"]
    assert len(former["members"]) == 4


@pytest.mark.parametrize("name", ["--folds", "--seeds"])
def test_the_help_shows_present_names_only(demarcate, name):
    words = demarcate("fit", "--help").out.split()
    assert f"--n-{name[2:]}" in words
    assert name not in words


def test_a_former_and_a_present_name_together_are_one_option_given_twice(demarcate):
    outcome = demarcate("fit", "moons", "--folds", "2", "--n-folds", "3")
    assert outcome.code == 2
    assert "--n-folds is given 2 times: '2', '3'" in outcome.err
