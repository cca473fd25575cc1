"""The formats there are, and what each needs. A new one is a module with a function, and a line here."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from demarcate.errors import SettingError
from demarcate.formatting import counted, listed
from demarcate.io.atomic import check_writable
from demarcate.io.atomic_folder import check_free


@dataclass(frozen=True)
class ExportCheck:
    """How a model in another format was compared with the model file: on how many rows, and the largest difference."""

    n_rows: int
    max_difference: float  # between probabilities

    def in_words(self) -> str:
        """Return it as a sentence's end."""
        return f"on {counted(self.n_rows, 'row')} its probabilities differ by at most {self.max_difference:.1g}"


@dataclass(frozen=True)
class ExportFormat:
    """A format: its name, the ending of its files, none for a folder, and the packages that it needs.

    ``write`` is ``MODULE:FUNCTION``, imported when it is used. The function takes a `NumpyPredictor`, the path and,
    by keyword, a ``table`` of rows to compare on, or None. It writes all or nothing, and returns an `ExportCheck`.
    """

    name: str
    title: str
    ending: str
    write: str
    packages: tuple[str, ...] = ()
    extra: str = ""

    def check(self) -> None:
        """Raise `SettingError` if a package is not installed."""
        missing = [package for package in self.packages if find_spec(package) is None]
        if missing:
            needs = f"{self.name} needs {listed(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed"
            raise SettingError(f"{needs}. Run python -m pip install 'demarcate[{self.extra}]'.")

    def names(self, path: str | os.PathLike[str]) -> bool:
        """Return whether a path has the ending of the format; a folder has none."""
        return not self.ending or Path(path).suffix.lower() == self.ending

    def path_check(self) -> Callable[[str | os.PathLike[str]], None]:
        """Return what refuses a path that cannot be written: an existing file is replaced, a folder has to be free."""
        return check_writable if self.ending else check_free

    def function(self) -> Callable[..., ExportCheck]:
        """Return the function that writes a model."""
        module, _, function = self.write.partition(":")
        write: Callable[..., ExportCheck] = getattr(import_module(module), function)
        return write


FORMATS = {
    each.name: each
    for each in (
        ExportFormat(
            "onnx",
            "an ONNX graph from raw columns to label and probabilities",
            ".onnx",
            "demarcate.export.onnx_export:export_onnx",
            packages=("onnx", "onnxruntime"),
            extra="export",
        ),
        ExportFormat(
            "web",
            "a page that predicts in the browser, without a server",
            ".html",
            "demarcate.export.web_page:export_web",
            packages=("onnx", "onnxruntime"),
            extra="export",
        ),
        ExportFormat(
            "pytorch",
            "a folder of plain PyTorch that needs no demarcate",
            "",
            "demarcate.export.pytorch_folder:export_pytorch",
        ),
        ExportFormat(
            "torch-export",
            "a program of torch.export from encoded rows",
            ".pt2",
            "demarcate.export.torch_program:export_torch_program",
        ),
    )
}
"""The formats that a model can be exported to, by name."""
