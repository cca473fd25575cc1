"""A model as one HTML page that predicts in the browser: the graph, onnxruntime-web and a form, and no server."""

import base64
import gzip
import json
import os
from functools import cache
from html import escape
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from demarcate.export.export_formats import ExportCheck
from demarcate.export.onnx_export import check_onnx, onnx_bytes
from demarcate.export.web_facts import web_facts
from demarcate.export.web_runtime import WebRuntime, find_runtime
from demarcate.formatting import counted
from demarcate.inference import NumpyPredictor
from demarcate.io.atomic import write_atomically
from demarcate.presentation.content_policy import policy_hash
from demarcate.presentation.joined_modules import inside_element, join_modules

ENTRY, STYLE = "web_page.js", "page.css"
RUNTIME = "onnxruntime"
"""The page's name for the module of onnxruntime-web."""
START = (
    "const carried = (id) => document.getElementById(id).textContent;\n"
    f'openPage(document.querySelector("main"), globalThis.{RUNTIME}, '
    '{ facts: carried("facts"), graph: carried("graph"), runtime: carried("runtime") });\n'
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1><p class="lead">{lead}</p></header>
<main><p class="panel">Starting the model, which takes some seconds …</p></main>
<footer><p>{made}</p></footer>
<script type="application/json" id="facts">{facts}</script>
<script type="application/gzip" id="graph">{graph}</script>
<script type="application/gzip" id="runtime">{runtime}</script>
<script type="module">{module}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def export_web(
    model: NumpyPredictor,
    path: str | os.PathLike[str],
    *,
    table: Any = None,
    runtime: str | os.PathLike[str] | None = None,
) -> ExportCheck:
    """Write a model as a page that opens from a disk or from any server, and asks nobody for anything.

    Its graph is compared with the model as that of ``export_onnx``.

    Parameters
    ----------
    model
        The model.
    path
        The file.
    table
        Rows to compare on, too: anything that `as_frame` takes.
    runtime
        The folder ``dist`` of the npm package onnxruntime-web; None for that in ``node_modules`` of the working folder,
        of the file's folder, or of one above them.

    Raises
    ------
    ExportError
        As ``export_onnx``.
    SettingError
        If onnxruntime-web is not there.
    OutputError
        If the file cannot be written.
    """
    found = WebRuntime.of(find_runtime(runtime, Path(path).parent), RUNTIME)
    graph = onnx_bytes(model)
    check = check_onnx(model, graph, table)
    write_atomically(path, web_page(model, graph, found).encode())
    return check


def web_page(model: NumpyPredictor, graph: bytes, runtime: WebRuntime) -> str:
    """Return the document. Its policy allows its own style sheet and scripts alone, by their SHA-256."""
    style, script = web_file(STYLE), join_modules(web_file, ENTRY) + START
    policy = (
        "default-src 'none'",
        f"style-src '{policy_hash(style)}'",
        f"script-src '{policy_hash(runtime.script)}' '{policy_hash(script)}' 'wasm-unsafe-eval'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    networks = counted(model.n_members, "network")
    return PAGE.format(
        policy="; ".join(policy),
        title=escape(f"Predict {model.target}"),
        lead=f"{networks.capitalize()}, computed in this browser: what is entered here stays here.",
        made=f"Made by demarcate {version('demarcate')}. Computed by ONNX Runtime Web (MIT licence), Microsoft.",
        style=inside_element("style", style),
        facts=json.dumps(web_facts(model)).replace("<", "\\u003c"),
        graph=_packed(graph),
        runtime=_packed(runtime.binary),
        module=inside_element("script", runtime.script),
        script=inside_element("script", script),
    )


@cache
def web_file(name: str) -> str:
    """Return the text of a file of the page."""
    return files("demarcate.export").joinpath("web", name).read_text(encoding="utf-8")


@cache
def _packed(data: bytes) -> str:
    """Return bytes in base64 of gzip; what onnxruntime computes with is packed once for all pages of a process."""
    return base64.b64encode(gzip.compress(data, compresslevel=6, mtime=0)).decode()
