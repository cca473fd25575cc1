"""Collects the public names of demarcate for the reference, and links every mention of them.

A name has one page, under its shortest import path: ``demarcate.Network``, although ``demarcate.nn`` exports it too and
its code is in ``demarcate.nn.spec``.
"""

import ast
import inspect
from importlib import import_module
from itertools import pairwise
from pkgutil import walk_packages

MODULES = (
    "demarcate",
    "demarcate.classifier.presets",
    "demarcate.plotting",
    "demarcate.report",
    "demarcate.tracking",
    "demarcate.datasets",
    "demarcate.evaluation",
    "demarcate.experiments.diagnosis",
    "demarcate.auditing",
    "demarcate.inspection",
    "demarcate.errors",
    "demarcate.engine",
    "demarcate.nn",
)
"""The modules of the reference, in its order."""


def names_of(module: str) -> list[str]:
    """Return the public names of a module without modules: its ``__all__``, or the classes and functions it defines."""
    module = import_module(module)
    if hasattr(module, "__all__"):
        return [name for name in module.__all__ if not inspect.ismodule(getattr(module, name))]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]


def kind(value: object) -> str:
    """Return the section of the reference for a value."""
    if inspect.isclass(value) and not hasattr(value, "__origin__"):
        return "errors" if issubclass(value, BaseException) else "classes"
    return "functions" if inspect.isfunction(value) else "values"


def full_name(value: object) -> str:
    """Return the full name of the definition of a class or function."""
    return f"{value.__module__}.{value.__qualname__}"


def described_value(module: str, name: str) -> str:
    """Return the docstring below the assignment of a value, in any module below this one."""
    inner = walk_packages(getattr(import_module(module), "__path__", ()), f"{module}.")
    for place in (module, *(each.name for each in inner)):
        for assignment, below in pairwise(ast.parse(inspect.getsource(import_module(place))).body):
            targets = getattr(assignment, "targets", [getattr(assignment, "target", None)])
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                match below:
                    case ast.Expr(value=ast.Constant(value=str(text))):
                        return inspect.cleandoc(text)
    raise LookupError(f"{module}.{name} is public and has no docstring below its assignment")


def contents() -> tuple[dict[str, dict], dict[str, str]]:
    """Return the content of each module's page, and the page of every class and function by its full name."""
    pages, homes = {}, {}
    for module in MODULES:
        page = {"classes": [], "functions": [], "errors": [], "values": {}, "elsewhere": []}
        for name in names_of(module):
            value = getattr(import_module(module), name)
            if kind(value) == "values":
                page["values"][name] = described_value(module, name)
            elif full_name(value) in homes:
                page["elsewhere"].append(homes[full_name(value)])
            else:
                homes[full_name(value)] = f"{module}.{name}"
                page[kind(value)].append(name)
        pages[module] = page
    return pages, homes


def fill_templates(app, config):
    """Give the templates of the reference their lists."""
    pages, homes = contents()
    config.autosummary_context = {"pages": pages}
    app.demarcate_homes = homes


def link(app, env, node, content):
    """Link a mention that Sphinx does not know: by its full name, or by a class's short name."""
    target = node.get("reftarget", "")
    homes = app.demarcate_homes
    place, _, member = target.rpartition(".")
    known = homes.get(target) or (f"{homes[place]}.{member}" if place in homes else None)
    if known is None and target[:1].isupper():
        first, dot, rest = target.partition(".")
        matches = {home for home in homes.values() if home.rpartition(".")[2] == first}
        known = f"{matches.pop()}{dot}{rest}" if len(matches) == 1 else None
    if known is None or node.get("refdomain") != "py":
        return None
    return env.get_domain("py").resolve_xref(env, node["refdoc"], app.builder, "obj", known, node, content)


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("config-inited", fill_templates, priority=400)
    app.connect("missing-reference", link)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
