"""The phases of long work: what they report to whoever listens, and the time that they share."""

from demarcate.phases.phase_reports import PHASES, Listener, Phase, PhaseName, PhaseState, listening, phase
from demarcate.phases.time_budget import TimeBudget, current_budget, keeping_to, leave_out, seconds_for

__all__ = [
    "PHASES",
    "Listener",
    "Phase",
    "PhaseName",
    "PhaseState",
    "TimeBudget",
    "current_budget",
    "keeping_to",
    "leave_out",
    "listening",
    "phase",
    "seconds_for",
]
