import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def required(*lists):
    """Every requirement of these lists, those of the extras that they name included."""
    requirements = [Requirement(text) for texts in lists for text in texts]
    named = [EXTRAS[extra] for own in requirements if own.name == PROJECT["name"] for extra in sorted(own.extras)]
    others = [requirement for requirement in requirements if requirement.name != PROJECT["name"]]
    return others + (required(*named) if named else [])


def pins(name):
    lines = [line for line in (ROOT / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    pinned = {canonicalize_name(package): Version(version) for package, version in (line.split("==") for line in lines)}
    assert len(pinned) == len(lines)
    return pinned


TESTED = required(PROJECT["dependencies"], EXTRAS["test"])


@pytest.mark.parametrize("requirement", TESTED, ids=lambda requirement: requirement.name)
def test_what_is_allowed_begins_with_the_oldest_that_is_tested(requirement):
    (bound,) = requirement.specifier
    assert bound.operator == ">="
    assert Version(bound.version) == pins("constraints-lowest.txt")[canonicalize_name(requirement.name)]


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-lowest.txt"])
def test_the_versions_that_are_tested_are_allowed(name):
    pinned = pins(name)
    for requirement in TESTED:
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_everything_the_project_needs_is_pinned():
    every = required(PROJECT["dependencies"], EXTRAS["dev"], EXTRAS["docs"])
    assert {canonicalize_name(requirement.name) for requirement in every} <= pins("constraints.txt").keys()


def test_the_oldest_is_no_newer_than_the_newest():
    newest, oldest = pins("constraints.txt"), pins("constraints-lowest.txt")
    direct = {canonicalize_name(requirement.name) for requirement in TESTED}
    assert all(oldest[name] <= newest[name] for name in direct)
