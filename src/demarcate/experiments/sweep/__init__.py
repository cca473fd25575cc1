"""Sweeps: combinations of settings with several seeds each, trained as populations and compared."""

from demarcate.experiments.sweep.grid import Between, Configuration
from demarcate.experiments.sweep.successive_halving import Savings
from demarcate.experiments.sweep.sweep import check_sweep, sweep
from demarcate.experiments.sweep.sweep_design import Size
from demarcate.experiments.sweep.sweep_result import Sweep
from demarcate.experiments.sweep.winner import Lead, Winner

__all__ = ["Between", "Configuration", "Lead", "Savings", "Size", "Sweep", "Winner", "check_sweep", "sweep"]
