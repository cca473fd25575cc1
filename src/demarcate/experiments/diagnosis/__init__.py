"""Diagnosis: underfitting or overfitting, and whether more rows, capacity or regularisation would help."""

from demarcate.experiments.diagnosis.diagnose import (
    MAX_ROWS,
    SEEDS,
    check_diagnosis_settings,
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
    ProbeResult,
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
    "ProbeResult",
    "Verdict",
    "check_diagnosis_settings",
    "diagnose",
    "diagnose_training_set",
    "probes_of",
    "warn_of_divergence",
]
