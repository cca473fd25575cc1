"""Trained members of all kinds, and the predictor that they make together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.classifier.kinds import Kind
from demarcate.encoding import TableEncoder
from demarcate.engine import FittedMember, Member
from demarcate.inference import Predictor
from demarcate.nn.heads import head_for
from demarcate.presentation import brief_repr
from demarcate.tabular.splits import Split
from demarcate.trainingset import TrainingSet


@brief_repr
@dataclass(frozen=True, eq=False)
class TrainedKinds:
    """Trained members of all kinds, kind after kind: as many of each, and of these as many of each split."""

    training_set: TrainingSet
    kinds: tuple[Kind, ...]
    splits: tuple[Split, ...]
    encoders: tuple[TableEncoder, ...]
    members: tuple[Member, ...]
    folds: tuple[int, ...]  # the split of each member
    fitted: tuple[FittedMember, ...]

    @property
    def n_each(self) -> int:
        """The number of members of each kind."""
        return len(self.fitted) // len(self.kinds)

    def members_of(self, kind: int) -> range:
        """Return the members of a kind, by its number."""
        return range(kind * self.n_each, (kind + 1) * self.n_each)

    def next_of(self, member: int) -> int:
        """Return the member of the same kind and seed in the next fold."""
        fold, n_folds = self.folds[member], len(self.splits)
        return member - fold + (fold + 1) % n_folds

    def common_epoch_of(self, kind: int) -> int:
        """Return the common epoch of the members of a kind that are traced; 0 if none is."""
        # A member that diverged in its first epoch has no trace, only its initial weights.
        traced = [member for member in self.members_of(kind) if self.fitted[member].validation_logits is not None]
        weights = self.training_set.weights
        of_splits = [
            len(split.scored) if weights is None else float(weights[split.scored].sum()) for split in self.splits
        ]
        totals = [of_splits[self.folds[member]] for member in traced]
        return common_epoch([self.fitted[member] for member in traced], totals) if traced else 0

    def without_dropped(self) -> "TrainedKinds":
        """Return the kinds that were not dropped while they trained."""
        # Of a kind that is dropped, members that had stopped before are not.
        kinds = [self.fitted[own.start : own.stop] for own in map(self.members_of, range(len(self.kinds)))]
        kept = [number for number, own in enumerate(kinds) if not any(member.dropped for member in own)]
        members = [member for number in kept for member in self.members_of(number)]
        return replace(
            self,
            kinds=tuple(self.kinds[number] for number in kept),
            members=tuple(self.members[member] for member in members),
            folds=tuple(self.folds[member] for member in members),
            fitted=tuple(self.fitted[member] for member in members),
        )

    def weighted(self, weights: NDArray[np.float64]) -> tuple[Predictor, list[FittedMember]]:
        """Return the mean of the members of all kinds that weigh something, and these members."""
        kept = [number for number, weight in enumerate(weights) if weight > 0]
        members = [member for number in kept for member in self.members_of(number)]
        encoding = [self.members[member].encoding for member in members]
        used = sorted(set(encoding))
        predictor = Predictor.of(
            schema=self.training_set.schema,
            encoders=[self.encoders[number] for number in used],
            encoding=[used.index(number) for number in encoding],
            networks=[self.kinds[member // self.n_each].network for member in members],
            states=[self.fitted[member].state for member in members],
            head=head_for(self.kinds[0].network.head, len(self.training_set.classes)),
            classes=self.training_set.classes,
            merge_labels=self.training_set.merge_labels,
            target=self.training_set.target,
            weights=None
            if len(kept) == 1
            else [float(weights[number]) / self.n_each for number in np.repeat(kept, self.n_each)],
            folds=None if len(used) == len(self.splits) else [self.folds[member] for member in members],
        )
        return predictor, [replace(self.fitted[member], validation_logits=None) for member in members]


def common_epoch(members: Sequence[FittedMember], weights: Sequence[float]) -> int:
    """Return the epoch, from 1, with the lowest validation loss over all members' validation rows together.

    ``weights`` are those of each member's validation rows together. A member that stopped earlier counts with its last
    loss.
    """
    curves = [(member.history.validation_loss, weight) for member, weight in zip(members, weights, strict=True)]
    longest = max(len(curve) for curve, _ in curves)
    total = torch.zeros(longest, dtype=torch.float64)
    for curve, weight in curves:
        total += weight * torch.cat([curve, curve[-1:].expand(longest - len(curve))])
    return int(total.argmin()) + 1
