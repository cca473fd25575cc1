"""A recording and the page that plays it as one HTML document, which needs no server and requests nothing."""

import base64
from html import escape

from demarcate.presentation.content_policy import policy_hash
from demarcate.presentation.joined_modules import inside_element
from demarcate.studio.recording import Recording
from demarcate.studio.single_module import joined_module, joined_style

ENTRY = "recorded_page.js"
START = 'openRecording(document.querySelector(".studio"), document.querySelector("#recording").textContent);\n'
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body class="studio">
<script type="application/gzip" id="recording">{recording}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def recorded_page(recording: Recording) -> str:
    """Return the document. Its policy allows its own style sheet and script alone, by their SHA-256."""
    style, script = joined_style(), joined_module(ENTRY) + START
    return PAGE.format(
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src '{policy_hash(style)}'",
                f"script-src '{policy_hash(script)}'",
                "img-src data: blob:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
        title=escape(recording.title),
        style=inside_element("style", style),
        recording=base64.b64encode(recording.to_bytes()).decode(),
        script=inside_element("script", script),
    )
