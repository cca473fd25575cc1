import re
from importlib.resources import files

import pytest

from demarcate.studio.single_module import joined_module
from demarcate.studio.web_files import CONTENT_TYPES, SCRIPT, STYLE, WebFiles

STYLES = ("studio.css", "data.css", "cards.css", "panels.css")
FOLDER = files("demarcate.studio") / "web"


def test_every_file_of_the_page_is_given_away():
    given = WebFiles()
    assert all(given.get(each.name).content == each.read_bytes() for each in FOLDER.iterdir())


def test_every_ending_has_the_type_that_a_browser_needs():
    given = WebFiles()
    assert given.get("main.js").content_type == "text/javascript; charset=utf-8"
    assert given.get("index.html").content_type == CONTENT_TYPES[".html"]


@pytest.mark.parametrize("name", ["", ".", "..", "../server.py", "nothing.js", "/etc/passwd", "main.js/"])
def test_no_other_file_is(name):
    assert WebFiles().get(name) is None


def test_the_shell_names_files_that_are_there_by_the_version():
    given = WebFiles()
    named = re.findall(r'(?:src|href)="([^"]+)"', given.shell().decode())
    assert {address.rpartition("/")[2] for address in named} == {"icon.svg", SCRIPT, STYLE}
    for address in named:
        folder, version, name = address.split("/")
        assert (folder, version) == ("web", given.version)
        assert given.get(name) is not None


def test_the_joined_files_are_all_modules_and_all_styles():
    given = WebFiles()
    assert given.get(SCRIPT).content.decode() == joined_module("main.js")
    styles = given.get(STYLE).content.decode()
    assert all(each.read_text().strip() in styles for each in FOLDER.iterdir() if each.name in STYLES)


def test_the_module_that_a_notebook_or_a_recorded_page_carries_is_small():
    assert len(joined_module("notebook_widget.js").encode()) < 300_000
