"""Whether a network underfits or overfits, and whether more rows, more capacity or more regularisation would help."""

from demarcate.experiments.diagnosis.diagnose import (
    MAX_ROWS,
    SEEDS,
    check_size,
    diagnose,
    diagnose_training_set,
    warn_of_divergence,
)
from demarcate.experiments.diagnosis.diagnosis_result import (
    EFFECTS,
    Answer,
    Diagnosis,
    Effect,
    Levels,
    Noise,
    Tried,
    Verdict,
)
from demarcate.experiments.diagnosis.probes import Probe, probes_of

__all__ = [
    "EFFECTS",
    "MAX_ROWS",
    "SEEDS",
    "Answer",
    "Diagnosis",
    "Effect",
    "Levels",
    "Noise",
    "Probe",
    "Tried",
    "Verdict",
    "check_size",
    "diagnose",
    "diagnose_training_set",
    "probes_of",
    "warn_of_divergence",
]
