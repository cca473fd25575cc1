"""What every test shares."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Tests are small work: one thread is faster, and two test processes do not fight over two cores."""
    import torch

    torch.set_num_threads(1)
