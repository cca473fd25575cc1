"""axe-core looks at pages in Chromium, at several widths, light and dark."""

import html
import json
import re
import shutil
import subprocess
from importlib.resources import files
from itertools import product

import pytest

WIDTHS = (390, 768, 1280, 1920)
EVERYWHERE = tuple(product(WIDTHS, ("light", "dark")))
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 240
# Opens what is folded, so that it is checked as well. A dark page differs from a light one in its colours alone.
# No page may be wider than its window.
RUN = """
const tell = (violations) => parent.postMessage({ name: window.name, violations }, "*");
addEventListener("load", () => {
  document.querySelectorAll("details").forEach((each) => (each.open = true));
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const rules = isDark ? { runOnly: ["color-contrast"] } : {};
  axe.run(document, { resultTypes: ["violations"], iframes: false, ...rules }).then(({ violations }) => {
    const found = violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html.slice(0, 200)]);
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(["wider-than-the-window", scrollWidth - clientWidth, ""]);
    tell(found);
  }, (error) => tell([["axe-failed", 1, String(error)]]));
});
"""
COLLECT = """
const results = {};
addEventListener("message", ({ data }) => {
  results[data.name] = data.violations;
  document.getElementById("results").textContent = JSON.stringify(results);
});
"""


def chromium():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def violations_of(pages, folder, axe=None):
    """What axe-core finds, by page, width and scheme: rules with the number of elements and the first one.

    ``pages`` has the HTML by name, and the widths and schemes to look at. All are frames of one document, as wide as
    the window would be; a frame has the colour scheme of its element.
    """
    axe = axe or files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    frames = []
    for name, (page, views) in pages.items():
        # The page's policy keeps its styles to itself, and lets no script in beside its own but these.
        opened = re.sub(r"script-src [^;]*;", "script-src 'unsafe-inline';", page, count=1)
        opened = opened.replace("</body>", f"<script>{axe}</script><script>{RUN}</script></body>")
        (folder / f"{name}.html").write_text(opened, encoding="utf-8")
        frames += [
            f'<iframe name="{html.escape(f"{name} {width} {scheme}")}" src="{name}.html" width="{width}" height="900" '
            f'style="border: 0; color-scheme: {scheme}"></iframe>'
            for width, scheme in views
        ]
    document = folder / "frames.html"
    document.write_text(
        f'<!doctype html><meta charset="utf-8"><title>frames</title><pre id="results"></pre>'
        f"<script>{COLLECT}</script>{''.join(frames)}",
        encoding="utf-8",
    )
    command = [chromium(), *FLAGS, f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=60000"]
    shown = subprocess.run(
        [*command, "--dump-dom", document.as_uri()], capture_output=True, text=True, timeout=SECONDS, check=True
    ).stdout
    results = re.search(r'<pre id="results">(.*?)</pre>', shown, re.DOTALL)[1]
    return json.loads(html.unescape(results or "{}"))


@pytest.mark.skipif(chromium() is None, reason="needs Chromium: apt-get install chromium")
def test_axe_finds_nothing_on_phones_laptops_and_large_screens_light_and_dark(
    binary_report, many_classes_report, tmp_path
):
    pages = {
        "two classes": (binary_report.to_html(), EVERYWHERE),
        "many classes": (many_classes_report.to_html(), [(390, "light"), (1280, "light")]),
    }
    found = violations_of(pages, tmp_path)
    assert len(found) == len(EVERYWHERE) + 2
    assert {view: violations for view, violations in found.items() if violations} == {}
