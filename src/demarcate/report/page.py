"""The page: templates filled with sections, in one document that forbids itself the network."""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from demarcate.evaluation import METRICS
from demarcate.formatting import counted
from demarcate.report import filters
from demarcate.report.sections.section import Section


def render(sections: Sequence[Section]) -> str:
    """The document of these sections, in their order.

    Style and script stand in the page itself; its content security policy names them by their SHA-256 and allows
    nothing else, so that whatever came in with a table could neither run nor ask for anything.
    """
    environment = _environment()
    style, script = (_source(environment, name) for name in ("page.css", "page.js"))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return environment.get_template("page.html").render(
        sections=sections,
        headline=sections[0],
        policy=policy,
        style=Markup(style),  # noqa: S704 - a file of the package
        script=Markup(script),  # noqa: S704
        version=version("demarcate"),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("demarcate.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "own": filters.own,
        "number": filters.number,
        "percent": filters.percent,
        "listed": filters.listed,
        "visible": filters.escaped,
        "json": _json,
    }
    environment.globals |= {
        "counted": counted,
        "interval": filters.interval,
        "METRICS": METRICS,
    }
    return environment


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0].strip()


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _json(value: Any) -> Markup:
    """A value as JSON that can stand in a script element: nothing in it ends the element or opens another."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above
