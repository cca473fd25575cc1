"""The room as a whole."""

import subprocess
import sys

from demarcate import datasets
from demarcate.io.tables.source import BUILT_IN_NAMES


def test_importing_leaves_torch_and_sklearn_out():
    code = "import sys, demarcate.datasets; print({'torch', 'sklearn', 'pandas', 'pyarrow'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_built_in_names_are_the_keys_of_built_in():
    assert tuple(datasets.BUILT_IN) == BUILT_IN_NAMES


def test_every_built_in_loads_without_arguments_under_its_name():
    for name, load in datasets.BUILT_IN.items():
        data = load()
        assert data.name == name
        assert data.description
        assert data.source


def test_all_names_the_public_objects():
    assert all(hasattr(datasets, name) for name in datasets.__all__)
