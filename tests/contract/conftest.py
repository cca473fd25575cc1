"""The corpus and the doors are modules of this folder, for the tests and for ``table.py`` alike."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
