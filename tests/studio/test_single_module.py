import json
import re
import shutil
import subprocess
from collections import defaultdict
from importlib.resources import files

import pytest

from demarcate.presentation.joined_modules import COMMENT, IMPORT
from demarcate.studio import single_module
from demarcate.studio.single_module import joined_module, joined_style, module_order, web_file

WEB = files("demarcate.studio") / "web"
MODULES = sorted(each.name for each in WEB.iterdir() if each.name.endswith(".js"))
ENTRIES = ("main.js", "notebook_widget.js", "recorded_page.js")
DECLARATION = re.compile(
    r"^(?:export )?(?:async )?(?:function\*?|const|let|class) (\w+|\{[^}]*\}|\[[^\]]*\])", re.MULTILINE
)
FIRST_OF_LINE = re.compile(r"^[^\s})\]/*]\S*", re.MULTILINE)
NODE = shutil.which("node")


def without_comments(name):
    return COMMENT.sub("", web_file(name))


def test_a_module_comes_after_those_that_it_imports():
    for entry in ENTRIES:
        order = module_order(entry)
        assert order[-1] == entry
        for name in order:
            imported = [found["module"] for found in IMPORT.finditer(web_file(name))]
            assert all(order.index(each) < order.index(name) for each in imported), name


def test_imported_names_are_exported_and_not_renamed():
    for name in MODULES:
        for found in IMPORT.finditer(web_file(name)):
            names = {each.strip() for each in found["names"].split(",") if each.strip()}
            exporting = r"^export (?:async )?(?:function|const|let|class) (\w+)"
            exported = re.findall(exporting, web_file(found["module"]), re.MULTILINE)
            assert names <= set(exported), (name, found["module"])


def test_a_top_level_name_stands_in_one_module():
    places = defaultdict(set)
    for name in MODULES:
        for declared in DECLARATION.findall(without_comments(name)):
            for each in re.findall(r"\w+", declared):
                places[each].add(name)
    assert {each: sorted(names) for each, names in places.items() if len(names) > 1} == {}


def test_a_module_declares_and_does_nothing_else():
    allowed = {"import", "export", "async", "function", "const", "let", "class"}
    for name in MODULES:
        # The last line of the page's own module begins the page.
        text = without_comments(name).rstrip().rpartition("\n")[0] if name == "main.js" else without_comments(name)
        assert set(FIRST_OF_LINE.findall(text)) <= allowed, name


def test_no_text_goes_over_two_lines():
    for name in MODULES:
        assert [line for line in without_comments(name).splitlines() if line.count("`") % 2] == [], name


def test_only_the_entry_looks_beyond_its_own_element():
    beyond = re.compile(r"document\.(?!create\w+\(|hidden\b|visibilityState\b|addEventListener\(.visibilitychange)\w+")
    for name in set(MODULES) - {"main.js"}:
        assert beyond.findall(without_comments(name)) == [], name


@pytest.mark.skipif(NODE is None, reason="needs node")
@pytest.mark.parametrize("entry", ENTRIES)
def test_the_joined_module_is_one_that_a_browser_reads(entry, tmp_path):
    (tmp_path / "joined.mjs").write_text(joined_module(entry), encoding="utf-8")
    subprocess.run([NODE, "--check", tmp_path / "joined.mjs"], check=True, capture_output=True)


@pytest.mark.skipif(NODE is None, reason="needs node")
def test_loading_a_module_needs_no_page(tmp_path):
    imports = "\n".join(f"await import({json.dumps(f'file://{WEB / name}')});" for name in MODULES if name != "main.js")
    (tmp_path / "load.mjs").write_text(imports, encoding="utf-8")
    done = subprocess.run([NODE, "--no-warnings", tmp_path / "load.mjs"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_comments_and_imports_are_left_out():
    text = joined_module("notebook_widget.js")
    assert "@module" not in text
    assert "function renderStudio(" in text
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        ('import * as all from "./dom.js";', "import [*] as all"),
        ('import { make as create } from "./dom.js";', "make as create"),
        ("export default 3;", "export default 3"),
        ("export { make };", "export [{] make [}]"),
    ],
)
def test_what_cannot_be_joined_is_refused(odd, message, monkeypatch):
    monkeypatch.setattr(single_module, "web_file", lambda _name: f"{odd}\n")
    with pytest.raises(ValueError, match=message):
        single_module.joined_module.__wrapped__("odd.js")


def test_modules_in_a_circle_are_refused(monkeypatch):
    other = {"a.js": "b.js", "b.js": "a.js"}
    monkeypatch.setattr(single_module, "web_file", lambda name: f'import {{ x }} from "./{other[name]}";\n')
    with pytest.raises(ValueError, match=r"circle: a\.js <- b\.js <- a\.js"):
        module_order("a.js")


def test_every_module_is_part_of_a_page():
    used = {name for entry in ENTRIES for name in module_order(entry)}
    assert used == set(MODULES)


def test_style_sheets_are_joined_in_the_page_s_order():
    style = joined_style()
    assert style.index(".studio {") < style.index(".in-notebook")


def test_every_rule_is_for_the_studio_s_element_alone():
    style = re.sub(r"/\*.*?\*/", "", joined_style(), flags=re.DOTALL)
    selectors = re.findall(r"(?:^|[{}])\s*([^{}@]+?)\s*\{", style)
    parts = [part.strip() for selector in selectors for part in re.split(r",(?![^(]*\))", selector)]
    inside = ("from", "to")
    assert [each for each in parts if not each.startswith(".studio") and each not in inside and "%" not in each] == []
