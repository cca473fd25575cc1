"""What ``make docs`` relies on, as far as it can be told without Sphinx."""

import ast
import re
import runpy
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    page.relative_to(DOCS).with_suffix("").as_posix()
    for pattern in ("*.md", "*.rst", "tutorials/*.ipynb")
    for page in DOCS.glob(pattern)
    if page.stem != "index"
)
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))


@pytest.fixture(scope="module")
def conf():
    path = list(sys.path)
    settings = runpy.run_path(str(DOCS / "conf.py"))
    sys.path[:] = path
    return settings


@pytest.fixture
def extension(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "_extensions"))
    return import_module


def contents():
    """The index up to its tables of contents, and the pages in these tables."""
    text, *tables = (DOCS / "index.md").read_text("utf-8").split("```{toctree}\n")
    lines = [line for table in tables for line in table.partition("```")[0].splitlines()]
    return text, [re.sub(r".*<(.*)>", r"\1", line) for line in lines if line and not line.startswith(":")]


def test_what_the_site_is_built_with_is_in_the_docs_extra(conf):
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["docs"]
    packages = {re.split(r"\W*[<>=]", requirement)[0] for requirement in extra}
    own = {path.stem for path in (DOCS / "_extensions").glob("*.py")}
    used = {name.split(".")[0].replace("_", "-") for name in conf["extensions"] if name not in own}
    assert used | {conf["html_theme"]} == packages
    pinned = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()}
    assert packages <= pinned


def test_the_configuration_and_its_extensions_import_nothing_else():
    for path in (DOCS / "conf.py", *(DOCS / "_extensions").glob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
        allowed = {*sys.stdlib_module_names, "sphinx", "docutils", "myst_parser"}
        assert {name.split(".")[0] for name in names} <= allowed, path


def test_nothing_is_fetched_from_elsewhere(conf):
    assert "sphinx.ext.intersphinx" not in conf["extensions"]
    assert conf["html_math_renderer"] == "mathml"
    assert not conf["sphinx_gallery_conf"].get("binder")
    for path in (DOCS / "_static").iterdir():
        assert not re.search(r"@import|url\(|(?:src|href)=", path.read_text("utf-8")), path


def test_the_index_names_every_page_twice_in_words_and_in_the_table_of_contents(extension):
    text, entries = contents()
    assert sorted(entries) == sorted([*PAGES, "gallery/index"])
    at_site = extension("repository_pages").at_site
    listed = text.partition("## All pages\n")[2]
    linked = {at_site(target, "docs").rpartition(".")[0] for target in re.findall(r"- \[[^]]*\]\(([^)]+)\)", listed)}
    assert linked == set(entries)


def test_a_page_that_stands_for_a_document_leads_to_it(extension):
    for document, page in extension("repository_pages").PAGES.items():
        assert f"](../{document})" in (DOCS / f"{page}.md").read_text("utf-8")


def test_links_are_those_of_the_site(extension):
    at_site = extension("repository_pages").at_site
    assert at_site("docs/images/boundaries.png", "") == "images/boundaries.png"
    assert at_site("CHANGELOG.md", "") == at_site("../CHANGELOG.md", "docs") == "changes.md"
    assert at_site("architecture.md", "docs") == "architecture.md"
    assert at_site("../src/demarcate/nn/layout.py", "docs") == "../src/demarcate/nn/layout.py"
    assert at_site("../examples", "docs") == "gallery/index.rst"


def test_the_reference_shows_every_public_name_once(extension):
    public_names = extension("public_names")
    listed = re.findall(r"^   (demarcate[\w.]*)$", (DOCS / "api.rst").read_text("utf-8"), re.MULTILINE)
    assert tuple(listed) == public_names.MODULES
    pages, homes = public_names.contents()
    assert len(set(homes.values())) == len(homes)
    for module, page in pages.items():
        elsewhere = [name.rpartition(".")[2] for name in page["elsewhere"]]
        shown = [*page["functions"], *page["classes"], *page["errors"], *page["values"], *elsewhere]
        assert sorted(shown) == sorted(public_names.names_of(module))
        assert all(page["values"].values())


def test_a_module_with_public_names_below_demarcate_is_in_the_reference_or_left_out_on_purpose(extension):
    packages = {f"demarcate.{path.parent.name}" for path in (ROOT / "src" / "demarcate").glob("*/__init__.py")}
    internal = (
        "bundle",
        "checks",
        "classifier",
        "cli",
        "encoding",
        "experiments",
        "inference",
        "io",
        "lesson",
        "phases",
        "presentation",
        "studio",
        "tabular",
        "trainingset",
    )
    shown = {name for name in extension("public_names").MODULES if name.count(".") == 1} - {"demarcate.errors"}
    assert packages - {f"demarcate.{name}" for name in internal} == shown


def test_a_public_value_without_a_docstring_is_refused(extension):
    with pytest.raises(LookupError, match="nowhere is public and has no docstring below its assignment"):
        extension("public_names").described_value("demarcate.engine", "nowhere")


def test_examples_stand_in_the_order_of_their_numbers(conf):
    gallery = conf["sphinx_gallery_conf"]
    assert gallery["within_subsection_order"] == "FileNameSortKey"
    assert gallery["abort_on_example_error"]
    assert (ROOT / "examples" / "GALLERY_HEADER.rst").is_file()
    numbers = [re.fullmatch(r"plot_(\d\d)b?_[a-z0-9_]+\.py", path.name)[1] for path in EXAMPLES]
    distinct = [*dict.fromkeys(numbers)]
    assert distinct == [f"{number:02}" for number in range(1, len(distinct) + 1)]
    assert all(re.search(gallery["filename_pattern"], str(path)) for path in EXAMPLES)


def test_an_example_begins_with_a_title_and_words_that_can_stand_on_its_card():
    for path in EXAMPLES:
        title, line, blank, text = ast.get_docstring(ast.parse(path.read_text("utf-8"))).split("\n", 3)
        assert set(line) == {"="}, path
        assert len(line) >= len(title), path
        assert not blank, path
        introduction = text.strip().partition("\n\n")[0]
        assert introduction, path
        assert ":math:" not in introduction, path
