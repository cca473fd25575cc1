"""Rules of the package layout that import-linter does not check: names stand once, no import circles, a short page."""

import ast
import subprocess
import sys
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import demarcate

ROOT = Path(demarcate.__file__).parent


def _module_name(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {_module_name(path): path for path in sorted(ROOT.rglob("*.py"))}


def _is_type_checking(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _imports_at_import_time(nodes):
    """The import statements that run with the module: not those of functions, nor those for type checkers."""
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_type_checking(node):
            yield from _imports_at_import_time(ast.iter_child_nodes(node))


def _packages_of(module):
    parts = module.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts))}


def _imported_modules(module, sources):
    """The modules of the tree that a module imports when it is imported, and their packages."""
    named = set()
    for node in _imports_at_import_time(ast.parse(sources[module].read_text(encoding="utf-8")).body):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        else:
            children = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= children & sources.keys()
            named |= {node.module} if children - sources.keys() else set()
    # Importing a module of another package runs that package first; the packages of the module itself run already.
    named |= {package for name in named for package in _packages_of(name)} - _packages_of(module) - {module}
    return named & sources.keys()


def _circle(sources):
    """The modules of a circle of imports; none if there is no circle."""
    try:
        TopologicalSorter({module: _imported_modules(module, sources) for module in sources}).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_modules_import_each_other_in_a_circle():
    assert _circle(SOURCES) == []


def test_a_circle_through_a_package_is_seen_but_not_one_for_type_checkers(tmp_path):
    texts = {
        "tree.one": "from tree.two.inner import a",
        "tree.two": "from tree.two.other import b",
        "tree.two.inner": "",
        "tree.two.other": "if TYPE_CHECKING:\n    import tree.one",
    }
    sources = {name: tmp_path / name for name in texts}
    for name, text in texts.items():
        sources[name].write_text(text)
    assert _circle(sources) == []
    sources["tree.two.other"].write_text("import tree.one")
    assert set(_circle(sources)) == {"tree.one", "tree.two", "tree.two.other"}


@pytest.mark.parametrize("name", ["demarcate.experiments.sweep.sweep_design", "demarcate.io.tables.header"])
def test_an_inner_module_can_be_imported_first(name):
    subprocess.run([sys.executable, "-c", f"import {name}"], check=True)


def _in_several_places(pairs):
    places = defaultdict(set)
    for name, module in pairs:
        places[name].add(module)
    return {name: sorted(modules) for name, modules in places.items() if len(modules) > 1}


def test_a_file_name_stands_in_one_package():
    exempt = {"__init__.py", "base.py"}
    names = [
        (path.name, module)
        for module, path in SOURCES.items()
        if path.name not in exempt and path.parent.name != "commands"
    ]
    assert _in_several_places(names) == {}


def test_a_class_is_defined_once():
    classes = [
        (node.name, module)
        for module, path in SOURCES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert _in_several_places(classes) == {}


def test_the_root_of_the_package_has_six_modules_at_most():
    assert len(list(ROOT.glob("*.py"))) <= 6


def test_no_module_is_a_drawer_for_everything():
    assert not {path.stem for path in SOURCES.values()} & {"utils", "helpers", "misc", "common"}


def test_the_architecture_page_is_short_and_names_every_package():
    text = (ROOT.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250
    for package in ROOT.glob("*/__init__.py"):
        assert f"`{package.parent.name}/`" in text, package
