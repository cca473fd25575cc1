import ast
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys

import pytest

import demarcate

MODULES = sorted(module.name for module in pkgutil.walk_packages(demarcate.__path__, "demarcate."))


def _public_objects():
    """Every public function, class and method that is written in the package, by its full name."""
    for name in MODULES:
        module = importlib.import_module(name)
        for member, value in vars(module).items():
            if member.startswith("_") or getattr(value, "__module__", None) != name:
                continue
            if inspect.isclass(value) or inspect.isfunction(value):
                yield f"{name}.{member}", value
            if inspect.isclass(value):
                for method, attribute in vars(value).items():
                    function = getattr(attribute, "fget", None) or getattr(attribute, "__func__", attribute)
                    if not method.startswith("_") and inspect.isfunction(function):
                        yield f"{name}.{member}.{method}", function


def test_the_public_names_are_those_that_dir_shows():
    assert sorted(demarcate.__all__) == [name for name in dir(demarcate) if not name.startswith("_")]


def test_the_public_names_are_still_those_that_dir_shows_after_all_modules_are_imported():
    for name in MODULES:
        importlib.import_module(name)
    assert sorted(demarcate.__all__) == [name for name in dir(demarcate) if not name.startswith("_")]


@pytest.mark.parametrize("name", demarcate.__all__)
def test_every_public_name_leads_to_something(name):
    assert getattr(demarcate, name) is not None


def test_the_names_for_type_checkers_are_those_at_run_time():
    tree = ast.parse(inspect.getsource(demarcate))
    declared = next(node for node in tree.body if isinstance(node, ast.If)).body
    names = {(alias.asname or alias.name): (node.module, alias.name) for node in declared for alias in node.names}
    assert sorted(names) == sorted(demarcate.__all__)
    for name, (module, original) in names.items():
        assert getattr(importlib.import_module(module), original) is getattr(demarcate, name)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'demarcate' has no attribute 'Classifier'"):
        _ = demarcate.Classifier


def test_importing_it_imports_nothing_heavy():
    code = "import demarcate, json, sys; print(json.dumps([demarcate.__version__, *sys.modules]))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(run.stdout))
    assert demarcate.__version__ in loaded
    assert not loaded & {"torch", "numpy", "polars", "sklearn", "scipy", "matplotlib", "rich", "typer", "pandas"}


def test_what_only_predicts_does_not_wait_for_statistics():
    code = "import demarcate.bundle, json, sys; print(json.dumps([*sys.modules]))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(json.loads(run.stdout)) & {"scipy.stats", "sklearn", "matplotlib", "pandas"}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_for(name):
    assert importlib.import_module(name).__doc__


def test_every_public_thing_has_a_docstring():
    assert not [name for name, value in _public_objects() if not (value.__doc__ or "").strip()]


def test_every_exported_function_has_an_example():
    functions = [value for value in map(demarcate.__getattr__, demarcate.__all__) if inspect.isfunction(value)]
    assert {function.__name__ for function in functions} >= {"train", "read_bundle"}
    assert not [function.__name__ for function in functions if ">>> " not in function.__doc__]
