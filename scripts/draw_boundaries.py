"""Draw the picture of the README, by the program that stands in the README.

Run as ``python scripts/draw_boundaries.py [OUT.png]``.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

ROOT = Path(__file__).resolve().parents[1]


def program() -> str:
    """Return the README's first Python program, which compares three networks."""
    (text, *_) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(text)


def main(out: Path) -> None:
    """Run the program in a folder of its own, and take the picture from there."""
    out = out.resolve()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        exec(compile(program(), "README.md", "exec"), {"__name__": "__main__"})
        out.write_bytes(Path("side_by_side.png").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/images/boundaries.png")
