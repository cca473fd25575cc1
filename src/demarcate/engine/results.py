"""What training gives: fitted members, and how good a member is on the way."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor

from demarcate.engine.early_stopping import Divergence
from demarcate.engine.history import History
from demarcate.nn import MemberState, Network
from demarcate.presentation import brief_repr


@brief_repr
@dataclass(frozen=True, eq=False)
class FittedMember:
    """A member after training.

    Attributes
    ----------
    state
        Its parameters, on the CPU; always finite.
    best_epoch
        The epoch whose weights it carries, from 1; 0 if they are the initial ones.
    divergence
        When and at which rate its loss stopped being finite, or None.
    validation_logits
        Of a traced member, the logits of its validation rows at each of ``history.validation_epochs``,
        ``(n_evaluations, n_validation, n_outputs)``; else None.
    dropped, timed_out
        Whether halving, or the time limit, ended its training before its time.
    at_last_epoch
        Whether its training has ``patience``, and its last epoch came before that was over: it may not have converged.
    """

    network: Network
    state: MemberState
    history: History
    best_epoch: int
    divergence: Divergence | None
    validation_logits: Tensor | None = None
    dropped: bool = False
    timed_out: bool = False
    at_last_epoch: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return how its training went, ready for JSON."""
        return {
            "best_epoch": self.best_epoch,
            "epochs": self.history.n_epochs,
            "diverged": str(self.divergence or ""),
            "timed_out": self.timed_out,
            "history": self.history.to_json(),
        }


class ValidationResult(NamedTuple):
    """The validation loss and accuracy of the weights that a member would end with now."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class MemberEnd:
    """How a member's training ended; the fields are those of `FittedMember`."""

    best_epoch: int
    n_epochs: int
    divergence: Divergence | None
    dropped: bool = False
    timed_out: bool = False
