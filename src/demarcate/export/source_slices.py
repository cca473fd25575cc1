"""Definitions copied out of modules, each once, with everything of this package that they need."""

import ast
import inspect
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

PACKAGE = "demarcate"


@dataclass(frozen=True)
class ModuleParts:
    """The definitions of a module by name, as text, with the names that each uses; and its imports by name."""

    texts: dict[str, str]
    uses: dict[str, tuple[str, ...]]
    imports: dict[str, tuple[str, str]]  # the module that a name is imported from, and what it is called there


@dataclass
class SourceSlices:
    """Collects definitions for one file.

    Whatever a definition names is copied with it: from other modules of the package too, and as an import from all
    other packages.
    """

    imports: set[tuple[str, str, str]] = field(default_factory=set)  # module, name in it, name here
    _homes: dict[str, str] = field(default_factory=dict)  # the module of each definition that was copied

    def take(self, *objects: Any) -> str:
        """Return the text of functions and classes, and of what they need, except for what was returned before."""
        texts: list[str] = []
        for each in objects:
            self._take(each.__module__, each.__name__, texts)
        return "".join(_with_space(texts))

    def import_lines(self) -> str:
        """Return the imports of everything that was copied: Python's own first."""
        whole = {(module, here) for module, name, here in self.imports if not name}
        lines = [(module, f"import {module}" + (f" as {here}" if here != module else "")) for module, here in whole]
        for module in {module for module, name, _ in self.imports if name}:
            names = sorted(name for own, name, _ in self.imports if own == module and name)
            lines.append((module, f"from {module} import {', '.join(names)}"))
        is_own = {module: module.split(".")[0] in sys.stdlib_module_names for module, _ in lines}
        groups = [sorted(line for module, line in lines if is_own[module] == own) for own in (True, False)]
        # "import" stands before "from", as it is usual.
        ordered = [sorted(group, key=lambda line: (line.startswith("from"), line)) for group in groups]
        return "\n\n".join("\n".join(group) for group in ordered if group)

    def _take(self, module: str, name: str, texts: list[str]) -> None:
        """Append a definition after those that it needs."""
        if name in self._homes:
            assert self._homes[name] == module, f"{name} is defined in {module} and in {self._homes[name]}"
            return
        self._homes[name] = module
        parts = module_parts(module)
        for used in parts.uses[name]:
            if used in parts.texts:
                self._take(module, used, texts)
            elif used in parts.imports:
                origin, original = parts.imports[used]
                if origin.split(".")[0] == PACKAGE:
                    self._take(origin, original, texts)
                else:
                    self.imports.add((origin, original, used))
        texts.append(parts.texts[name])


def _with_space(texts: list[str]) -> Iterable[str]:
    """Return definitions with two empty lines around functions and classes."""
    for at, text in enumerate(texts):
        around = [_is_block(own) for own in texts[max(0, at - 1) : at + 1]]
        yield ("" if not at else "\n\n\n" if any(around) else "\n") + text


def _is_block(text: str) -> bool:
    return text.startswith(("def ", "class ", "@"))


@cache
def module_parts(module: str) -> ModuleParts:
    """Return the parts of a module of the package."""
    source = inspect.getsource(import_module(module))
    lines, body = source.splitlines(), ast.parse(source).body
    texts: dict[str, str] = {}
    uses: dict[str, tuple[str, ...]] = {}
    imports: dict[str, tuple[str, str]] = {}
    for at, node in enumerate(body):
        if isinstance(node, ast.Import):
            imports |= {alias.asname or alias.name: (alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports |= {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
        for name in defined_names(node):
            following = body[at + 1] if at + 1 < len(body) else None
            last = following if following is not None and _is_text(following) else node
            texts[name] = "\n".join(lines[_first_line(node) - 1 : last.end_lineno])
            uses[name] = tuple(dict.fromkeys(_names_in(node)))
    return ModuleParts(texts, uses, imports)


def defined_names(node: ast.stmt) -> Iterable[str]:
    """Return the names that a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    targets = node.targets if isinstance(node, ast.Assign) else []
    names = [name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return [name.id for name in names]


def _names_in(node: ast.stmt) -> Iterable[str]:
    own = set(defined_names(node))
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and each.id not in own)


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    return min(node.lineno, *(decorator.lineno for decorator in decorators)) if decorators else node.lineno


def _is_text(node: ast.stmt) -> bool:
    """Tell whether a statement is the text below a constant that says what it is."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
