"""The page: templates filled with sections, in one document that forbids itself the network."""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import demarcate
from demarcate.evaluation import METRIC_NAMES
from demarcate.report import wording
from demarcate.report.sections.scores import HIGHER, MEANINGS
from demarcate.report.sections.section import Section
from demarcate.words import counted


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
        version=demarcate.__version__,
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
        "own": wording.own,
        "number": wording.number,
        "percent": wording.percent,
        "listed": wording.listed,
        "visible": wording.escaped,
        "json": _json,
    }
    environment.globals |= {
        "counted": counted,
        "interval": wording.interval,
        "METRIC_NAMES": METRIC_NAMES,
        "MEANINGS": MEANINGS,
        "HIGHER": HIGHER,
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
