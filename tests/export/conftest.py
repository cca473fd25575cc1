"""What the tests of exports share."""

from pathlib import Path

import pytest

DIST = Path(__file__).parent / "web" / "node_modules" / "onnxruntime-web" / "dist"


@pytest.fixture(scope="session")
def web_runtime():
    """The folder of onnxruntime-web."""
    if not DIST.is_dir():
        pytest.skip("needs onnxruntime-web: make tests/export/web/node_modules/stamp")
    return DIST
