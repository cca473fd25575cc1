"""A model as the service has it: its name and version, and what codes and computes its rows."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from demarcate.inference.batch_computer import BatchComputer
from demarcate.inference.coded_rows import CodedRows
from demarcate.inference.row_coder import RowCoder

if TYPE_CHECKING:
    from demarcate.inference import NumpyPredictor


@dataclass(frozen=True, eq=False)
class ServedModel:
    """A model that is loaded, ready to predict.

    Attributes
    ----------
    name, version
        What addresses call it; versions of one name differ.
    model
        The model itself.
    sha256
        The SHA-256 of its file, in hexadecimal digits; empty where it came from no file.
    path
        The file.
    """

    name: str
    version: str
    model: "NumpyPredictor"
    sha256: str = ""
    path: str = ""

    @cached_property
    def coder(self) -> RowCoder:
        """What reads rows, and refuses those that the command line refuses."""
        return RowCoder(self.model)

    @cached_property
    def computer(self) -> BatchComputer:
        """What computes coded rows, of one request or of several."""
        return BatchComputer(self.model)

    @cached_property
    def documents(self) -> dict[str, Any]:
        """Answers about the model that are made once, by address."""
        return {}


class ServedModels(Protocol):
    """The models of a service, which may be replaced while it runs."""

    def find(self, name: str | None = None, version: str | None = None) -> ServedModel | None:
        """Return a model; the first one without a name, and the newest version without a version."""

    def all(self) -> Sequence[ServedModel]:
        """Return the newest version of every model, the first one first."""

    def versions(self, name: str) -> Sequence[str]:
        """Return the versions of a model that are loaded, the newest first."""


class ComputeRows(Protocol):
    """Computes accepted rows, alone or together with those of other requests."""

    def __call__(self, served: ServedModel, coded: CodedRows, *, members: bool) -> Awaitable[NDArray[np.float64]]:
        """Return probabilities ``(n_rows, n_classes)``, or those of all members ``(n_members, n_rows, n_classes)``."""
