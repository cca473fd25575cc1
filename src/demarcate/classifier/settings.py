"""The parameters of the estimator: checks, and the network and training made from them."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from demarcate.argument_checks import plain, require, seed_of, whole_number
from demarcate.classifier.cross_validation import HOLDOUT_MEMBERS_OF_EACH, check_counts
from demarcate.classifier.kinds import PLAIN, VARIATIONS, Kind, Variation
from demarcate.classifier.limited_time import training_deadline
from demarcate.classifier.presets import AUTO, HOLDOUT_ABOVE, folds_for, narrowed, preset_settings
from demarcate.encoding.base import check_category_encoding
from demarcate.engine import OnEpoch, Training
from demarcate.engine.backend import check_precision, device_for
from demarcate.engine.time_limit import checked_limit
from demarcate.errors import SettingError
from demarcate.evaluation import Costs
from demarcate.nn import Network
from demarcate.nn.residual_family import ResidualNetwork
from demarcate.tabular.class_weights import class_weights
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.splits import HOLDOUT_MAX_ROWS
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.read_dependence import gap_of

SCORING_SHARE, MAX_SCORING_SECONDS = 0.1, 2.0
"""Share of a time limit that is left for scoring the trained networks, and its most seconds."""
MIN_BATCH, MAX_BATCH = 32, 256
_OF_TRAINING = (
    *("optimizer", "lr", "weight_decay", "schedule", "init", "tolerance", "averaging", "epochs", "patience"),
)
"""The parameters that are those of `Training`, and may be left to the preset."""


@dataclass(kw_only=True, eq=False, repr=False)
class ClassifierSettings(BaseEstimator):  # type: ignore[misc]
    """The parameters of `DemarcateClassifier`, and what follows from them."""

    preset: str = "default"
    hidden: Sequence[int] | str = AUTO
    pieces: bool | str = AUTO
    trees: bool | str = AUTO
    standardise: bool | str = AUTO
    category_encoding: str = AUTO
    activation: str = AUTO
    dropout: float | str = AUTO
    input_dropout: float = 0.0
    head: str = "auto"
    optimizer: str = AUTO
    lr: float | str = AUTO
    weight_decay: float | str = AUTO
    schedule: str = AUTO
    warmup: float = 0.0
    init: str = AUTO
    tolerance: float | str = AUTO
    averaging: float | str = AUTO
    epochs: int | str = AUTO
    batch_size: int | str | None = AUTO
    patience: int | str | None = AUTO
    n_folds: int | str = AUTO
    n_seeds: int | str = AUTO
    test_size: float | None = None
    holdout_above: int = HOLDOUT_ABOVE
    time_limit: float | None = None
    class_weight: str | Mapping[Any, float] | None = None
    pos_label: Any = None
    cost: Any = None
    abstain: float | None = None
    calibrate: bool | str = AUTO
    merge_labels: bool = False
    categorical: Sequence[str] | None = None
    numerical: Sequence[str] | None = None
    text: Sequence[str] | None = None
    dates: Sequence[str] | Mapping[str, str] | None = None
    drop: Sequence[str] | None = None
    decimal: str | None = None
    thousands: str | None = None
    missing: Sequence[Any] | None = None
    gap: float | str | timedelta = 0.0
    random_state: int | np.random.RandomState | None = 0
    device: str = "auto"
    precision: str = "auto"
    verbose: bool | int = False
    on_epoch: OnEpoch | None = None
    checkpoint: str | os.PathLike[str] | None = None

    def _check(self) -> None:
        """Refuse parameters that are out of range whatever the table."""
        checked_limit(plain(self.time_limit))
        self._network()
        self._training(1)
        check_counts(*(whole_number(name, self._value(name)) for name in ("n_folds", "n_seeds")))
        self._check_test_size()
        whole_number("holdout_above", self.holdout_above)
        check_precision(self.precision)
        device_for(self.device)
        if isinstance(self.random_state, int | np.integer):
            seed_of(self.random_state)
        self._column_options()
        gap_of(self.gap, is_date=True)
        require(isinstance(self.merge_labels, bool | np.bool_), "merge_labels", "True or False", self.merge_labels)
        for name in ("pieces", "trees", "standardise", "calibrate"):
            value = getattr(self, name)
            is_choice = self._is_auto(name) or isinstance(value, bool | np.bool_)
            require(is_choice, name, "True, False or 'auto'", value)
        check_category_encoding(self._value("category_encoding"))
        is_path = isinstance(self.checkpoint, str | os.PathLike | None)
        require(is_path, "checkpoint", "None or the path of a folder", self.checkpoint)
        require(isinstance(self.verbose, bool | np.bool_ | int), "verbose", "True or False", self.verbose)
        require(self.on_epoch is None or callable(self.on_epoch), "on_epoch", "None or a function", self.on_epoch)
        two_classes = np.arange(2)
        if isinstance(self.class_weight, str):
            class_weights(self.class_weight, two_classes, two_classes)
        if self.abstain is not None:
            Costs.of(two_classes, None, self.abstain)

    def _check_test_size(self) -> None:
        """Refuse a share of test rows that is none, or that nothing reads: folds score every row."""
        size = plain(self.test_size)
        if size is None:
            return
        is_size = isinstance(size, int | float) and not isinstance(size, bool) and 0 < size < np.inf
        require(is_size, "test_size", "None, a share above 0 and below 1, or a number of rows", size)
        if not self._is_one_split:
            fact = f"test_size must be left out, because {self._value('n_folds')} folds score every row, got {size}"
            raise SettingError(f"{fact}. For one split set n_folds to 1.")

    @property
    def _is_one_split(self) -> bool:
        """Whether one split takes the place of folds."""
        return bool(self._value("n_folds") == 1)

    def _network(self, training_set: TrainingSet | None = None) -> Network:
        """Return the network of every member; a table decides the widths that are left to the preset."""
        hidden = self._value("hidden")
        if training_set is not None and self._is_auto("hidden"):
            hidden = narrowed(hidden, len(training_set.codes), len(training_set.classes))
        return Network(
            hidden,
            self._value("activation"),
            self._value("dropout"),
            self.head,  # type: ignore[arg-type]
            input_dropout=plain(self.input_dropout),
        )

    def kinds_for(self, training_set: TrainingSet) -> list[Kind]:
        """Return the kinds of network to train on a table."""
        n_rows = len(training_set.codes)
        network, training = self._network(training_set), self._training(n_rows)
        if self._is_one_split or not (self._is_auto("trees") and self._is_auto("hidden") and self._value("pieces")):
            return [self._varied(PLAIN, network, training, trees=not self._is_auto("trees") and bool(self.trees))]
        variations = [each for each in VARIATIONS[str(self.preset)] if n_rows <= (each.most_rows or n_rows)]
        return [self._varied(each, network, training, trees=each.trees) for each in variations]

    def _varied(self, variation: Variation, network: Network, training: Training, *, trees: bool) -> Kind:
        """Return a kind of network that differs from the estimator's settings as a variation says."""
        hidden = network.hidden if variation.hidden is None else variation.hidden
        if variation.at_most is not None:
            hidden = tuple(min(width, variation.at_most) for width in hidden)
        network = replace(network, hidden=hidden)
        if variation.dropout is not None and network.dropout == preset_settings(self.preset)["dropout"]:
            network = replace(network, dropout=variation.dropout)
        if variation.residual:
            network = ResidualNetwork(**asdict(network))
        # Epochs and patience of the caller's own hold for every kind.
        longer = {name: variation.longer for name in ("epochs", "patience") if self._is_auto(name)}
        lengths = {name: getattr(training, name) for name in longer}
        training = replace(training, **{name: n and n * longer[name] for name, n in lengths.items()})
        return Kind(variation.name, network, training, trees, variation.pieces, variation.words)

    def resolved_settings(self, training_set: TrainingSet) -> dict[str, Any]:
        """Return the settings that are left to the preset, with the values that they have for a table."""
        n_rows = len(training_set.codes)
        network, training, folds = self._network(training_set), self._training(n_rows), self._folds(n_rows)
        for_table = {"hidden": network.hidden, "batch_size": training.batch_size, "n_folds": folds["n_folds"]}
        of_preset = preset_settings(self.preset)
        return {name: for_table.get(name, of_preset[name]) for name in of_preset if self._is_left(name)}

    def _is_left(self, name: str) -> bool:
        """Return whether a setting is left to the preset; some have no parameter of their own."""
        return not hasattr(self, name) or self._is_auto(name)

    def _training(self, n_rows: int) -> Training:
        """Return how every member is trained on a table of ``n_rows``."""
        batch_size = self._value("batch_size")
        if isinstance(batch_size, str) and batch_size == AUTO:
            # The largest power of two within an eighth of the rows.
            batch_size = min(MAX_BATCH, max(MIN_BATCH, 1 << max(0, (n_rows // 8).bit_length() - 1)))
        return Training(
            warmup=plain(self.warmup),
            betas=preset_settings(self.preset)["betas"],
            batch_size=batch_size,
            **{name: self._value(name) for name in _OF_TRAINING},
        )

    def _folds(self, n_rows: int) -> dict[str, Any]:
        """Return the settings of the cross-validation of ``n_rows``."""
        names = ("n_folds", "n_seeds", "holdout_above")
        settings = {name: whole_number(name, self._value(name)) for name in names}
        if self._is_auto("n_folds"):
            settings["n_folds"] = folds_for(settings["n_folds"], n_rows)
        return settings if self.test_size is None else {**settings, "test_size": plain(self.test_size)}

    def _execution(self) -> dict[str, Any]:
        """Return the settings that a fit and a diagnosis hand on as they are."""
        names = ("device", "precision", "on_epoch")
        encoding = {name: self._value(name) for name in ("pieces", "standardise", "category_encoding")}
        return {**encoding, **{name: getattr(self, name) for name in names}}

    def _column_options(self) -> ColumnOptions:
        return ColumnOptions.of(
            categorical=self.categorical,
            numerical=self.numerical,
            text=self.text,
            drop=self.drop,
            dates=self.dates,
            decimal=self.decimal,
            thousands=self.thousands,
            missing=self.missing,
        )

    def _deadline(self) -> float | None:
        """Return when training has to end, by ``time.monotonic``, with time left to score the networks."""
        limit = checked_limit(plain(self.time_limit))
        return None if limit is None else time.monotonic() + limit - min(limit * SCORING_SHARE, MAX_SCORING_SECONDS)

    def _budget_deadline(self, training_set: TrainingSet) -> float | None:
        """Return when training has to end for the whole work to keep to its budget, if it has one."""
        n_rows = len(training_set.codes)
        n_scored = n_rows if n_rows <= self.holdout_above else min(n_rows, HOLDOUT_MAX_ROWS)
        return training_deadline(n_rows, n_scored, len(training_set.classes))

    def _n_member_rows(self, training_set: TrainingSet) -> float:
        """Return about how many rows the members of a kind train on, counted for each member."""
        n_rows, folds = len(training_set.codes), self._folds(len(training_set.codes))
        n_members = max(1, folds["n_folds"] - 1) if n_rows <= self.holdout_above else HOLDOUT_MEMBERS_OF_EACH
        return float(n_members * folds["n_seeds"] * n_rows)

    def _value(self, name: str) -> Any:
        """Return a parameter, or the preset's value where it is ``auto``."""
        of_preset = preset_settings(self.preset)
        return of_preset[name] if self._is_auto(name) else plain(getattr(self, name))

    def _is_auto(self, name: str) -> bool:
        value = getattr(self, name)
        return isinstance(value, str) and value == AUTO


# Python's message about an unknown argument names the class that callers know.
ClassifierSettings.__init__.__qualname__ = "DemarcateClassifier.__init__"
