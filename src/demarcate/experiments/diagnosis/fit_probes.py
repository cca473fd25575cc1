"""Train the probes of a diagnosis, the one of more epochs only where more of them could fit the rows better."""

from demarcate.engine import FittedMember, OnEpoch, fit
from demarcate.experiments.diagnosis.probe_design import ProbeDesign
from demarcate.experiments.diagnosis.probe_scores import FULL_LOG_LOSS, score_probes
from demarcate.experiments.diagnosis.probes import LONGER_TRAINING
from demarcate.experiments.diagnosis.verdict import CONFIGURED, MIN_MATERIAL
from demarcate.trainingset import TrainingSet


def fit_probes(
    table: TrainingSet, design: ProbeDesign, *, device: str, precision: str, on_epoch: OnEpoch | None
) -> tuple[ProbeDesign, list[FittedMember]]:
    """Return what was trained: the design, perhaps without the probe of more epochs, and its members in order.

    That probe takes three times the steps of the configured network, which is most of the work, and shows whether more
    steps fit the rows better. A network that knows its training rows by heart has nothing left to fit.
    """

    def trained(part: ProbeDesign) -> list[FittedMember]:
        return fit(part.members, part.samples, device=device, precision=precision, on_epoch=on_epoch)

    first = design.without(LONGER_TRAINING)
    fitted = trained(first)
    if first is design or knows_by_heart(table, first, fitted):
        return first, fitted
    rest, others = iter(trained(design.only(LONGER_TRAINING))), iter(fitted)
    of_probe = [rest if probe.name == LONGER_TRAINING else others for probe in design.probes]
    return design, [next(of_probe[index % len(of_probe)]) for index in range(len(design.members))]


def knows_by_heart(table: TrainingSet, design: ProbeDesign, fitted: list[FittedMember]) -> bool:
    """Return whether the configured network's loss on its own training rows is negligible."""
    return score_probes(table, design, fitted).train_level(CONFIGURED, FULL_LOG_LOSS).value < MIN_MATERIAL
