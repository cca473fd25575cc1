"""Whether a network underfits or overfits, and whether more rows, more capacity or more regularisation would help."""

from demarcate.diagnosis.diagnose import MAX_ROWS, SEEDS, check_size, diagnose, diagnose_task, warn_of_divergence
from demarcate.diagnosis.probes import Probe, probes_of
from demarcate.diagnosis.result import EFFECTS, Answer, Diagnosis, Effect, Levels, Noise, Tried, Verdict

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
    "diagnose_task",
    "probes_of",
    "warn_of_divergence",
]
