"""The pages of a service: a form for one row, and what programs may ask; they need no network but the service."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from demarcate.export.web_facts import web_facts
from demarcate.serving.answers import json_labels
from demarcate.serving.exchange import Answer, HttpRequest
from demarcate.serving.page_headers import PAGE_HEADERS
from demarcate.serving.problems import RequestRefusedError
from demarcate.serving.served_model import ServedModel

OWN_FILES = ("form.html", "docs.html", "form.js", "docs.js", "service.js", "service.css")
"""Files of this package's folder ``web``."""
SHARED_FILES = (
    "page.css",
    "answer.js",
    "cells.js",
    "dates.js",
    "elements.js",
    "facts.js",
    "numbers.js",
    "one_at_a_time.js",
    "row_fields.js",
)
"""Files of the page that `demarcate.export` writes: its form is this one."""
_TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_HEADERS = {**PAGE_HEADERS, "content-security-policy": _POLICY, "cache-control": "no-cache"}


@cache
def page_file(name: str) -> tuple[bytes, str]:
    """Return a file of the pages, and the tag that names its content.

    Raises
    ------
    RequestRefusedError
        With status 404 if there is none: names are looked up, and never become a path.
    """
    if name not in (*OWN_FILES, *SHARED_FILES):
        raise RequestRefusedError.of(404, "There is no such file", "Ask for / or /docs")
    package = "demarcate.serving" if name in OWN_FILES else "demarcate.export"
    content = (files(package) / "web" / name).read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:16]}"'


def page_answer(request: HttpRequest, name: str) -> Answer:
    """Answer with a file of the pages, or that the browser's copy is as new."""
    content, tag = page_file(name)
    kind = _TYPES[name.rpartition(".")[2]]
    headers = {**_HEADERS, "content-type": f"{kind}; charset=utf-8", "etag": tag}
    return Answer(b"", headers, 304) if request.header("if-none-match") == tag else Answer(content, headers)


def form_facts(served: ServedModel) -> dict[str, Any]:
    """Return what the form has to know of a model; `web/form.js` has its type."""
    return {
        "name": served.name,
        "version": served.version,
        "model": web_facts(served.model),
        "labels": json_labels(served.model.classes),
        "hasSets": served.model.conformal is not None,
    }
