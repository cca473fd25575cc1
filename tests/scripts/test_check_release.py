"""What a release is checked for, on small trees that lack one thing each."""

import runpy
import shutil
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def check():
    return runpy.run_path(str(ROOT / "scripts" / "check_release.py"))


@pytest.fixture
def tree(tmp_path):
    """A tree whose version is dated and cited."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "demarcate"\nversion = "1.2.0"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## 1.2.0 (2026-12-24)\n\n## 1.1.0 (2026-11-01)\n", "utf-8")
    (tmp_path / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 1.2.0\n", "utf-8")
    return tmp_path


def test_a_dated_and_cited_version_has_no_problem(check, tree):
    assert not list(check["version_problems"](tree))


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("CHANGELOG.md", "2026-12-24", "unreleased", "the day of the release"),
        ("CHANGELOG.md", "## 1.2.0", "## 1.3.0", "begins with 1.3.0, pyproject.toml has 1.2.0"),
        ("CITATION.cff", "\nversion: 1.2.0", "\nversion: 1.1.0", "CITATION.cff has version 1.1.0"),
    ],
)
def test_a_version_that_differs_or_has_no_date_is_a_problem(check, tree, file, old, new, problem):
    text = (tree / file).read_text("utf-8")
    (tree / file).write_text(text.replace(old, new), "utf-8")
    (found,) = check["version_problems"](tree)
    assert problem in found


def test_the_version_is_the_same_everywhere_between_releases_too(check):
    assert not [problem for problem in check["version_problems"](ROOT) if "day of the release" not in problem]


def test_addresses_that_are_missing_are_named(check, tree):
    assert list(check["address_problems"](tree)) == [
        "[project.urls] of pyproject.toml lacks Changelog, Documentation, Issues, Source",
        "CITATION.cff has no repository-code",
    ]


def test_a_wheel_with_other_files_or_without_the_data_is_a_problem(check, tmp_path):
    wheel = tmp_path / "demarcate-1.2.0-py3-none-any.whl"
    page = {f"demarcate/studio/web/{path.name}" for path in (ROOT / "src/demarcate/studio/web").iterdir()}
    others = page - {"demarcate/studio/web/main.js"}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("demarcate/py.typed", "demarcate/datasets/heart.csv", "tests/conftest.py", *others):
            archive.writestr(name, "")
    assert list(check["wheel_problems"](wheel)) == [
        f"{wheel.name} holds tests/conftest.py",
        f"{wheel.name} lacks demarcate/datasets/heart.LICENSE.md",
        f"{wheel.name} lacks demarcate/studio/web/main.js",
    ]


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="this is no clone")
def test_what_the_source_archive_and_the_image_name_is_there(check):
    files = check["project_files"](ROOT)
    listed = check["tomllib"].loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    for name in listed["sdist"]["include"]:
        assert any(f"/{file}".startswith(name) for file in files), name
    copied = [
        source
        for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    allowed = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert copied
    assert {f"!{source}" for source in copied} <= set(allowed)
    assert all((ROOT / source).exists() for source in copied)
