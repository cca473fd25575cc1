"""The parts of the npm package onnxruntime-web that a page carries: its module, and what it computes with."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from demarcate.errors import Problem, SettingError

MODULE, BINARY = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
PACKAGE = Path("node_modules", "onnxruntime-web", "dist")
NAMES = ("InferenceSession", "Tensor", "env")
"""What a page calls of the module."""
_EXPORTS = re.compile(r"export\s*\{(?P<names>[^{}]*)\};?\s*(?://# sourceMappingURL=\S*\s*)?$")
_REMEDY = "Run npm install onnxruntime-web, or name its folder dist: --runtime FOLDER (runtime in Python)"


@dataclass(frozen=True)
class WebRuntime:
    """The module as a script that exports nothing and sets a name of the page, and the WebAssembly that it runs."""

    script: str
    binary: bytes

    @classmethod
    def of(cls, folder: Path, name: str) -> Self:
        """Read the files of a folder; ``name`` is the page's own for the module.

        Raises
        ------
        SettingError
            If the folder does not have them, or has a module that is not built as those of version 1.20 on.
        """
        for file in (MODULE, BINARY):
            if not (folder / file).is_file():
                raise SettingError(str(Problem(f"'{folder}' has no {file} of onnxruntime-web", _REMEDY)))
        text = (folder / MODULE).read_text(encoding="utf-8").replace("\r\n", "\n")
        found = _EXPORTS.search(text)
        names = dict(_renamed(found["names"])) if found else {}
        if found is None or not set(NAMES) <= set(names):
            fact = f"'{folder / MODULE}' does not export {', '.join(NAMES)}"
            raise SettingError(str(Problem(fact, "Use onnxruntime-web of version 1.20 or newer")))
        own = ",".join(f"{each}:{names[each]}" for each in NAMES)
        return cls(f"{text[: found.start()]}\nglobalThis.{name}={{{own}}};\n", (folder / BINARY).read_bytes())


def find_runtime(runtime: str | os.PathLike[str] | None, beside: Path) -> Path:
    """Return the folder that is named, or the package in ``node_modules`` of this folder, of another or one above.

    Raises
    ------
    SettingError
        If there is none.
    """
    if runtime is not None:
        return Path(runtime)
    for folder in _upwards(Path.cwd(), beside.resolve()):
        if (folder / PACKAGE).is_dir():
            return folder / PACKAGE
    raise SettingError(str(Problem("web needs the npm package onnxruntime-web, which is not here", _REMEDY)))


def _upwards(*folders: Path) -> Iterable[Path]:
    for folder in folders:
        yield folder
        yield from folder.parents


def _renamed(names: str) -> Iterable[tuple[str, str]]:
    """Yield each exported name and the local one."""
    for each in names.split(","):
        local, _, exported = each.strip().partition(" as ")
        yield (exported or local).strip(), local.strip()
