"""The page's modules as one module and its style sheets as one, for notebooks and for pages that need no server.

Joining needs no tool, because the modules keep to rules: they import and export names, unchanged and one statement to a
line's beginning; no top-level name stands in two of them; no text in backquotes goes over two lines; and loading one
does nothing.
"""

import re
from functools import cache
from importlib.resources import files

NAMES = r"(?:\s*\w+\s*(?:,|(?=\})))*\s*"
IMPORT = re.compile(rf'^import \{{(?P<names>{NAMES})\}} from "\./(?P<module>\w+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?function\b|const\b|let\b|class\b)", re.MULTILINE)
COMMENT = re.compile(r"^[ ]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
INLINE_TYPE = re.compile(r"/\*\* @(?:(?!\*/).)*\*/ ?")
BLANK = re.compile(r"^\n|(?<=,)\n", re.MULTILINE)
INDENT = re.compile(r"^ +", re.MULTILINE)
STYLE_SHEET = re.compile(r'<link rel="stylesheet" href="[^"]*?(\w+\.css)"')


def web_file(name: str) -> str:
    """Return the text of a file of the page."""
    return files("demarcate.studio").joinpath("web", name).read_text(encoding="utf-8")


@cache
def joined_module(entry: str) -> str:
    """Return a module and all that it imports as the text of one module, without comments and without imports.

    Raises
    ------
    ValueError
        If an import or an export of a module is none that can be joined.
    """
    text = "\n".join(_body(name) for name in module_order(entry))
    if odd := re.search(r"^(?:import|export)\b.*", text, re.MULTILINE):
        raise ValueError(f"this statement keeps modules from being joined: {odd[0]}")
    return text


def module_order(entry: str) -> list[str]:
    """Return the names of a module and of all that it imports, each after those that it imports itself."""
    order: list[str] = []

    def visit(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise ValueError(f"modules import each other in a circle: {' <- '.join([name, *reversed(importers)])}")
        if name not in order:
            for found in IMPORT.finditer(web_file(name)):
                visit(found["module"], (*importers, name))
            order.append(name)

    visit(entry, ())
    return order


def _body(name: str) -> str:
    """Return a module's text as it stands in the joined one."""
    text = web_file(name)
    for unused in (IMPORT, EXPORT, COMMENT, INLINE_TYPE, INDENT, BLANK):
        text = unused.sub("", text)
    return text.strip() + "\n"


@cache
def joined_style() -> str:
    """Return all style sheets as one: those of the page, in its order, and what is only for pages within others."""
    sheets = [*STYLE_SHEET.findall(web_file("index.html")), "embedded.css"]
    return "\n".join(web_file(name).strip() for name in sheets) + "\n"
