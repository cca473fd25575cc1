"""Render sections as one HTML document that forbids itself the network."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from demarcate.evaluation import METRICS
from demarcate.formatting import counted, interval_texts
from demarcate.inspection.palette import DARK, LIGHT, Palette
from demarcate.presentation.content_policy import policy_hash
from demarcate.report import filters
from demarcate.report.sections.section import Section


def render_page(sections: Sequence[Section]) -> str:
    """Render a document of these sections, the headline first.

    Style and script are part of the page. Its content security policy allows only these two, by their SHA-256: nothing
    from a table can run or send a request.
    """
    environment = template_environment()
    style, script = (_source(environment, name) for name in ("page.css", "page.js"))
    style = f"{_palette_style()}\n{style}"
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{policy_hash(style)}'",
            f"script-src '{policy_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return environment.get_template("page.html").render(
        sections=sections,
        headline=sections[0],
        keys={section.key: section.heading for section in sections},
        policy=policy,
        style=Markup(style),  # noqa: S704 - a file of the package
        script=Markup(script),  # noqa: S704
        version=version("demarcate"),
    )


@cache
def template_environment() -> Environment:
    """Return the Jinja environment of the templates, which escapes every value."""
    environment = Environment(
        loader=PackageLoader("demarcate.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "bdi": filters.bdi,
        "number": filters.number,
        "percent": filters.percent_of,
        "joined": filters.joined,
        "visible": filters.escaped,
        "json": _script_json,
    }
    environment.globals |= {
        "counted": counted,
        "interval_texts": interval_texts,
        "METRICS": METRICS,
    }
    return environment


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0].strip()


def _palette_style() -> str:
    """Return the colours of all pictures as custom properties: for a light page and paper, and for a dark page."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_properties(DARK)} }} }}"
    return f":root {{ {_properties(LIGHT)} }}\n{dark}"


def _properties(palette: Palette) -> str:
    colours = {f"c{code}": colour for code, colour in enumerate(palette.classes)}
    colours |= {f"s{number}": colour for number, colour in enumerate(palette.series)}
    colours |= {name: getattr(palette, name) for name in ("ink", "soft", "line", "page")}
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def _script_json(value: Any) -> Markup:
    """Return JSON for a script element: nothing in it can end the element or open another."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above
