"""Modules of a page as one module, for pages that need no server.

Joining needs no tool, because the modules keep to rules: they import and export names, unchanged and one statement to a
line's beginning; no top-level name stands in two of them; no text in backquotes goes over two lines; and loading one
does nothing.
"""

import re
from collections.abc import Callable

NAMES = r"(?:\s*\w+\s*(?:,|(?=\})))*\s*"
IMPORT = re.compile(rf'^import \{{(?P<names>{NAMES})\}} from "\./(?P<module>\w+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?function\b|const\b|let\b|class\b)", re.MULTILINE)
COMMENT = re.compile(r"^[ ]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
INLINE_TYPE = re.compile(r"/\*\* @(?:(?!\*/).)*\*/ ?")
BLANK = re.compile(r"^\n|(?<=,)\n", re.MULTILINE)
INDENT = re.compile(r"^ +", re.MULTILINE)

ReadModule = Callable[[str], str]
"""Returns the text of a module by its file's name."""


def join_modules(read: ReadModule, entry: str) -> str:
    """Return a module and all that it imports as the text of one module, without comments and without imports.

    Raises
    ------
    ValueError
        If an import or an export of a module is none that can be joined.
    """
    text = "\n".join(_body(read(name)) for name in imported_modules(read, entry))
    if odd := re.search(r"^(?:import|export)\b.*", text, re.MULTILINE):
        raise ValueError(f"this statement keeps modules from being joined: {odd[0]}")
    return text


def imported_modules(read: ReadModule, entry: str) -> list[str]:
    """Return the names of a module and of all that it imports, each after those that it imports itself."""
    order: list[str] = []

    def visit(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise ValueError(f"modules import each other in a circle: {' <- '.join([name, *reversed(importers)])}")
        if name not in order:
            for found in IMPORT.finditer(read(name)):
                visit(found["module"], (*importers, name))
            order.append(name)

    visit(entry, ())
    return order


def inside_element(element: str, text: str) -> str:
    """Return a text that stands in an element of a page as it is; ValueError if it would end the element."""
    if f"</{element}" in text.lower():
        raise ValueError(f"the page's {element} contains </{element}, which ends it")
    return text


def _body(text: str) -> str:
    """Return a module's text as it stands in the joined one."""
    for unused in (IMPORT, EXPORT, COMMENT, INLINE_TYPE, INDENT, BLANK):
        text = unused.sub("", text)
    return text.strip() + "\n"
