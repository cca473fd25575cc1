"""The page's modules keep the rules by which they are joined into one."""

import re
from collections import defaultdict
from importlib.resources import files

from demarcate.export.web_page import ENTRY, web_file
from demarcate.presentation.joined_modules import COMMENT, imported_modules, join_modules

MODULES = sorted(each.name for each in (files("demarcate.export") / "web").iterdir() if each.name.endswith(".js"))
DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE)


def test_every_module_is_part_of_the_page():
    assert sorted(imported_modules(web_file, ENTRY)) == MODULES


def test_a_top_level_name_stands_in_one_module():
    places = defaultdict(set)
    for name in MODULES:
        for declared in DECLARED.findall(COMMENT.sub("", web_file(name))):
            places[declared].add(name)
    assert {declared: names for declared, names in places.items() if len(names) > 1} == {}


def test_no_module_makes_elements_of_markup_or_asks_a_server():
    joined = join_modules(web_file, ENTRY)
    assert not re.search(r"\b(innerHTML|outerHTML|insertAdjacentHTML|eval|fetch|XMLHttpRequest|WebSocket)\b", joined)
