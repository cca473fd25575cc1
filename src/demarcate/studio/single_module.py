"""The page's modules as one module and its style sheets as one, for notebooks and for pages that need no server."""

import re
from functools import cache
from importlib.resources import files

from demarcate.presentation.joined_modules import imported_modules, join_modules

STYLE_SHEET = re.compile(r'<link rel="stylesheet" href="[^"]*?(\w+\.css)"')


def web_file(name: str) -> str:
    """Return the text of a file of the page."""
    return files("demarcate.studio").joinpath("web", name).read_text(encoding="utf-8")


@cache
def joined_module(entry: str) -> str:
    """Return a module and all that it imports as the text of one module.

    Raises
    ------
    ValueError
        If an import or an export of a module is none that can be joined.
    """
    return join_modules(web_file, entry)


def module_order(entry: str) -> list[str]:
    """Return the names of a module and of all that it imports, each after those that it imports itself."""
    return imported_modules(web_file, entry)


@cache
def joined_style() -> str:
    """Return all style sheets as one: those of the page, in its order, and what is only for pages within others."""
    sheets = [*STYLE_SHEET.findall(web_file("index.html")), "embedded.css"]
    return "\n".join(web_file(name).strip() for name in sheets) + "\n"
