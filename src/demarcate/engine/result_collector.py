"""The results of a population's members, also of those that have left the stack."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from demarcate.engine.early_stopping import Divergence
from demarcate.engine.history import Recorder
from demarcate.engine.results import FittedMember, MemberEnd, ValidationResult
from demarcate.engine.samples import Member
from demarcate.nn.layout import Layout


class ResultCollector:
    """Collects histories, validation logits of traced members, and the weights members end with."""

    def __init__(self, members: Sequence[Member], n_metrics: int) -> None:
        self._members = members
        self.recorder = Recorder(len(members), n_metrics)
        self._ends: dict[int, tuple[Tensor, MemberEnd]] = {}
        self._traces: dict[int, list[Tensor]] = {index: [] for index, member in enumerate(members) if member.traced}

    def trace(self, active: Sequence[int], logits: Tensor, is_due: Tensor) -> None:
        """Store traced members' validation logits, out of ``(n_evaluations, n_active, n_outputs, n_validation)``.

        ``is_due``, bool ``(n_evaluations, n_active)``, says which evaluations are a member's own.
        """
        if not len(logits) or self._traces.keys().isdisjoint(active):
            return
        logits = logits.cpu()
        for position, index in enumerate(active):
            if index in self._traces:
                own = logits[is_due[:, position], position, :, : len(self._members[index].validation_rows)]
                self._traces[index].append(own.transpose(1, 2).clone())

    def end(self, index: int, flat: Tensor, end: MemberEnd) -> None:
        """Store the weights ``(n_parameters,)`` with which a member's training ended."""
        self._ends[index] = flat, end

    @property
    def ends(self) -> Mapping[int, tuple[Tensor, MemberEnd]]:
        """The weights ``(n_parameters,)`` of members that ended, by their index, and how they ended."""
        return self._ends

    def validation_results(self, epoch: int) -> dict[int, ValidationResult]:
        """Return each member's result after an epoch that is over; a member without any history is the worst."""
        validation = self.recorder.values()[:epoch, 2:4]
        results = {}
        for index, member in enumerate(self._members):
            own = validation[:, :, index]
            own = own[own[:, 0].isfinite()]
            if not len(own):
                results[index] = ValidationResult(math.inf, 0.0)
                continue
            divergence = self._ends[index][1].divergence if index in self._ends else None
            has_diverged = divergence is not None and divergence.epoch <= epoch
            restores_best = has_diverged or member.training.patience is not None
            results[index] = ValidationResult(*own[int(own[:, 0].argmin()) if restores_best else -1].tolist())
        return results

    def fitted(self, layout: Layout) -> list[FittedMember]:
        """Return the members as they ended; ``layout`` is that of all of them."""
        fitted = []
        for index, member in enumerate(self._members):
            flat, end = self._ends[index]
            (state,) = layout.select([index]).unpack(flat.unsqueeze(0))
            history = self.recorder.history(index, end.n_epochs)
            logits = self._traces.get(index)
            trace = torch.cat(logits)[: len(history.validation_epochs)].clone() if logits and end.n_epochs else None
            facts = end.best_epoch, end.divergence, trace, end.dropped, end.timed_out
            training, was_cut = member.training, end.divergence or end.dropped or end.timed_out
            # A member whose patience was over with its last epoch would have ended with it anyhow.
            is_patient = training.patience is not None and end.best_epoch + training.patience > end.n_epochs
            at_last_epoch = end.n_epochs == training.epochs and is_patient and not was_cut
            fitted.append(FittedMember(member.network, state, history, *facts, at_last_epoch))
        return fitted

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Return everything collected: tensors, and the ends as JSON."""
        tensors = {"recorded": self.recorder.values()}
        tensors |= {f"end.{index}": flat for index, (flat, _) in self._ends.items()}
        tensors |= {f"trace.{index}": torch.cat(logits) for index, logits in self._traces.items() if logits}
        return tensors, {str(index): asdict(end) for index, (_, end) in self._ends.items()}

    def restore(self, tensors: Mapping[str, Tensor], ends: Mapping[str, Any]) -> None:
        """Continue from a `state`."""
        self.recorder.restore(tensors["recorded"])
        for name, end in ends.items():
            divergence = end["divergence"] and Divergence(**end["divergence"])
            self._ends[int(name)] = tensors[f"end.{name}"], MemberEnd(**{**end, "divergence": divergence})
        for index, logits in self._traces.items():
            if f"trace.{index}" in tensors:
                logits.append(tensors[f"trace.{index}"])
