"""What a message advises can be done at both doors: it names the option of the command line and Python's argument."""

import ast
import re
from pathlib import Path

import demarcate

ROOT = Path(demarcate.__file__).parent
ONLY_COMMANDS = ("cli", "report", "lesson")
"""What speaks of commands alone: the command line itself, the page's command that makes it again, and the lesson's."""
ONLY_FILES = (
    *("trainingset/memory_budget.py", "io/scratch.py", "bundle/tensor_spec.py", "studio/launch.py"),
    *("export/pytorch_files.py", "serving/request_advice.py"),
)
"""Limits of a table on disk and a server's address, which only commands set, the command of pip, an exported folder's
own command, and the options that a request has in another way."""
MODULES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if path.relative_to(ROOT).parts[0] not in ONLY_COMMANDS and path.relative_to(ROOT).as_posix() not in ONLY_FILES
]
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_BOTH = re.compile(r"in Python|on the command line|[(, ]\w+=|\w+=\S+ \(--|\(skip_rows and header\)|'demarcate ")


def texts(source: str):
    """Yield every string of a module, the parts of a formatted one together, docstrings left out."""
    tree = ast.parse(source)
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    inside |= {id(node.value) for owner in ast.walk(tree) if isinstance(owner, owners)
               for node in owner.body if isinstance(node, ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in inside:
            yield "".join(part.value if isinstance(part, ast.Constant) else ast.unparse(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def test_a_message_that_advises_an_option_names_pythons_argument():
    said = {text: path.name for path in MODULES for text in texts(path.read_text("utf-8")) if _OPTION.search(text)}
    lonely = {text: name for text, name in said.items() if not _BOTH.search(text)}
    assert {text for text in lonely if text not in {"--group", "--time"}} == set()


def test_a_text_without_pythons_argument_would_be_found():
    (text,) = texts("def f(n):\n    '''--doc'''\n    return f'{n} cells. ' '--missing reads them'\n")
    assert _OPTION.search(text)
    assert not _BOTH.search(text)
