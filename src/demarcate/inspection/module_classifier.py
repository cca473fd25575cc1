"""A trained torch module as a classifier, so that whatever draws classifiers draws it, too."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import nn

from demarcate.errors import SettingError
from demarcate.inspection.estimators import LabelledData, table_and_codes
from demarcate.nn.heads import head_for
from demarcate.tabular import as_frame


@dataclass(frozen=True, eq=False)
class ModuleClassifier:
    """A module that takes a table's numbers as they are, and returns one logit or one a class.

    Attributes
    ----------
    module
        The module. It computes in evaluation mode, and is left in the mode that it was in.
    classes_
        The labels, ``(n_classes,)``, in the order of its logits.
    """

    module: nn.Module
    classes_: NDArray[Any]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return class probabilities ``(n_rows, n_classes)``."""
        logits = self._logits(self._numbers(X))
        n_rows, n_classes = len(logits), len(self.classes_)
        if logits.shape == (n_rows,):
            logits = logits.unsqueeze(1)
        allowed = (1, 2) if n_classes == 2 else (n_classes,)
        if logits.ndim != 2 or logits.shape[1] not in allowed:
            wanted = " or ".join(map(str, allowed))
            raise SettingError(
                f"the module must return {wanted} logits a row for {n_classes} classes, got shape "
                f"{tuple(logits.shape)} for {n_rows} rows"
            )
        head = head_for("logit" if logits.shape[1] == 1 else "softmax", n_classes)
        return np.asarray(head.probabilities(logits.double().cpu()).numpy())

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the likeliest label of each row, ``(n_rows,)``."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(1)])

    def _numbers(self, X: Any) -> torch.Tensor:
        """Return a table as float32 ``(n_rows, n_columns)``, on the module's device."""
        frame = as_frame(X.detach().cpu().numpy() if isinstance(X, torch.Tensor) else X)
        words = [name for name, dtype in frame.schema.items() if not (dtype.is_numeric() or dtype == pl.Boolean)]
        if words:
            kind = frame.schema[words[0]].base_type()
            raise SettingError(
                f"the module takes numbers, and column {words[0]!r} holds {kind}. Give the matrix it was "
                "trained on, or train it with demarcate.train, which encodes the table"
            )
        first = next(self.module.parameters(), torch.empty(0))
        return torch.from_numpy(frame.cast(pl.Float32).to_numpy(writable=True)).to(first.device, first.dtype)

    def _logits(self, x: torch.Tensor) -> torch.Tensor:
        was_training = self.module.training
        self.module.eval()
        try:
            with torch.no_grad():
                logits: torch.Tensor = self.module(x)
        except RuntimeError as error:
            raise SettingError(
                f"the module must take the {x.shape[1]} columns of the table, got RuntimeError: {error}"
            ) from error
        finally:
            self.module.train(was_training)
        return logits


def as_classifier(estimator: Any, data: LabelledData) -> Any:
    """Return a module as a classifier of the labels that occur in some data; any other estimator as it is."""
    if not isinstance(estimator, nn.Module):
        return estimator
    return ModuleClassifier(estimator, table_and_codes(data)[2])
