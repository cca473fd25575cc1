import pytest

from demarcate.presentation.joined_modules import imported_modules, inside_element, join_modules

MODULES = {
    "page.js": 'import { two } from "./two.js";\nimport { one } from "./one.js";\n\n/** Begin. */\n'
    "export function page() {\n  return one() + two;\n}\n",
    "one.js": "/**\n * A module.\n *\n * @module\n */\n// How it counts.\nexport function one() {\n  return 1;\n}\n",
    "two.js": 'import { one } from "./one.js";\n\nexport const two = /** @type {number} */ (one());\n',
}


def test_modules_are_joined_each_after_those_that_it_imports_without_comments():
    assert imported_modules(MODULES.__getitem__, "page.js") == ["one.js", "two.js", "page.js"]
    assert join_modules(MODULES.__getitem__, "page.js") == (
        "function one() {\nreturn 1;\n}\n\nconst two = (one());\n\nfunction page() {\nreturn one() + two;\n}\n"
    )


@pytest.mark.parametrize("odd", ["export default 3;", 'import * as all from "./one.js";', "export { one };"])
def test_a_statement_that_cannot_be_joined_is_named(odd):
    with pytest.raises(ValueError, match="keeps modules from being joined: ") as caught:
        join_modules({"odd.js": f"{odd}\n"}.__getitem__, "odd.js")
    assert odd in str(caught.value)


def test_an_element_is_not_ended_by_its_text():
    assert inside_element("script", "let a = '<b>';") == "let a = '<b>';"
    with pytest.raises(ValueError, match="contains </script, which ends it"):
        inside_element("script", "let a = '</SCRIPT>';")
