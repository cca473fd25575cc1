"""Finds the public names of demarcate for the reference, and links every mention of them.

A name has one page, under the shortest name it can be imported by: ``demarcate.Network``, though ``demarcate.nn`` has
it too and its code is in ``demarcate.nn.spec``.
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
    "demarcate.datasets",
    "demarcate.evaluation",
    "demarcate.experiments.diagnosis",
    "demarcate.auditing",
    "demarcate.inspection",
    "demarcate.errors",
    "demarcate.engine",
    "demarcate.nn",
)
"""The modules that the reference shows, in its order."""


def names_of(module: str) -> list[str]:
    """The public names of a module, but for modules: its ``__all__``, or the classes and functions written in it."""
    module = import_module(module)
    if hasattr(module, "__all__"):
        return [name for name in module.__all__ if not inspect.ismodule(getattr(module, name))]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]


def kind(value: object) -> str:
    """What a reader would call it."""
    if inspect.isclass(value) and not hasattr(value, "__origin__"):
        return "errors" if issubclass(value, BaseException) else "classes"
    return "functions" if inspect.isfunction(value) else "values"


def full_name(value: object) -> str:
    """The name of the place where a class or function is written."""
    return f"{value.__module__}.{value.__qualname__}"


def described_value(module: str, name: str) -> str:
    """What the source says below the assignment of a value, wherever under the module that is."""
    inner = walk_packages(getattr(import_module(module), "__path__", ()), f"{module}.")
    for place in (module, *(found.name for found in inner)):
        for assignment, below in pairwise(ast.parse(inspect.getsource(import_module(place))).body):
            targets = getattr(assignment, "targets", [getattr(assignment, "target", None)])
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                match below:
                    case ast.Expr(value=ast.Constant(value=str(said))):
                        return inspect.cleandoc(said)
    raise LookupError(f"{module}.{name} is public: say below its assignment what it is")


def contents() -> tuple[dict[str, dict], dict[str, str]]:
    """What each module's page shows, and the page of every class and function by the name of its place."""
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
    """Hand the templates of the reference what they list."""
    pages, homes = contents()
    config.autosummary_context = {"pages": pages}
    app.demarcate_homes = homes


def link(app, env, node, content):
    """Link a mention that Sphinx does not know: by the place of the code, or by a class's short name."""
    target = node.get("reftarget", "")
    homes = app.demarcate_homes
    place, _, member = target.rpartition(".")
    known = homes.get(target) or (f"{homes[place]}.{member}" if place in homes else None)
    if known is None and target[:1].isupper():
        first, dot, rest = target.partition(".")
        found = {home for home in homes.values() if home.rpartition(".")[2] == first}
        known = f"{found.pop()}{dot}{rest}" if len(found) == 1 else None
    if known is None or node.get("refdomain") != "py":
        return None
    return env.get_domain("py").resolve_xref(env, node["refdoc"], app.builder, "obj", known, node, content)


def setup(app):
    """Take part in the build."""
    app.connect("config-inited", fill_templates, priority=400)
    app.connect("missing-reference", link)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
