"""What every test shares."""

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Random models are for the tests of everything that computes a model.
sys.path.insert(0, str(Path(__file__).parent / "export"))

# A busy machine is no reason to fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# scikit-learn skips its check of array API input where scipy, once imported, was not told to allow any.
os.environ["SCIPY_ARRAY_API"] = "1"


def pytest_collection_finish() -> None:
    """Ten thousand tests are there to stay: the garbage collector need not look through them again and again."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Tests are small work: one thread is faster, and two test processes do not fight over two cores."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _no_progress_lines():
    """A command that a busy machine makes slow prints what it prints elsewhere."""
    from demarcate.cli import progress_lines

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress_lines, "SECONDS_BETWEEN", 1e6)
        yield
