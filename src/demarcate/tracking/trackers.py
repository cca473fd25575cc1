"""The experiment trackers there are, and what each needs. A new one is a module with a function, and a line here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from demarcate.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path

    from demarcate.tracking.fit_record import FitRecord


@dataclass(frozen=True)
class Tracker:
    """An experiment tracker: its name, which is also that of the extra that installs it, and the package it needs.

    ``send`` is ``MODULE:FUNCTION``, imported when it is used. The function takes a `FitRecord`, the name of the run,
    the place and the files, the model's first, and returns where the run is. ``reach``, written so too, takes the place
    and raises `OutputError` if it cannot be reached.
    """

    name: str
    package: str
    send: str
    reach: str = ""

    def check_place(self, at: str | None) -> None:
        """Raise `OutputError` if the place cannot be reached, before there is anything to send."""
        if self.reach:
            module, _, function = self.reach.partition(":")
            getattr(import_module(module), function)(at)

    def check(self) -> None:
        """Raise `SettingError` if the tracker's package is not installed."""
        if find_spec(self.package) is None:
            fact = f"{self.name} needs the package {self.package}, which is not installed"
            raise SettingError(f"{fact}. Run python -m pip install 'demarcate[{self.name}]'.")

    def function(self) -> "Callable[[FitRecord, str, str | None, Sequence[Path]], str]":
        """Return the function that sends a fit."""
        module, _, function = self.send.partition(":")
        send: Callable[[FitRecord, str, str | None, Sequence[Path]], str] = getattr(import_module(module), function)
        return send


TRACKERS = {
    tracker.name: tracker
    for tracker in (
        Tracker(
            "mlflow",
            "mlflow",
            "demarcate.tracking.mlflow_tracker:send_to_mlflow",
            reach="demarcate.tracking.mlflow_server:check_mlflow_server",
        ),
        Tracker("tensorboard", "tensorboard", "demarcate.tracking.tensorboard_tracker:send_to_tensorboard"),
    )
}
"""The experiment trackers that a fit can be sent to, by name."""
