"""Diagnosis: underfitting or overfitting, and whether more rows, capacity or regularisation would help."""

from demarcate.experiments.diagnosis.diagnose import diagnose
from demarcate.experiments.diagnosis.diagnosis_result import Diagnosis, Effect, Levels, Noise, ProbeResult
from demarcate.experiments.diagnosis.probes import Probe

__all__ = ["Diagnosis", "Effect", "Levels", "Noise", "Probe", "ProbeResult", "diagnose"]
