import ast
import inspect
import subprocess
import sys

import demarcate.nn
from demarcate.nn import ACTIVATION_NAMES, ACTIVATIONS, HEAD_NAMES, HEADS


def test_names_that_need_no_torch_are_those_of_what_needs_it():
    assert list(ACTIVATIONS) == list(ACTIVATION_NAMES)
    assert list(HEADS) == list(HEAD_NAMES)


def test_every_public_name_leads_to_something_and_type_checkers_know_it():
    assert all(getattr(demarcate.nn, name) is not None for name in demarcate.nn.__all__)
    tree = ast.parse(inspect.getsource(demarcate.nn))
    declared = next(node for node in tree.body if isinstance(node, ast.If)).body
    assert sorted(alias.name for node in declared for alias in node.names) == sorted(demarcate.nn.__all__)


def test_a_specification_needs_no_torch():
    code = "import sys; from demarcate.nn import Network; Network((3,)); print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
