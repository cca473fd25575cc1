"""The cases of a target divided among processes."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import reduce
from itertools import repeat
from multiprocessing import get_context

from fuzz.campaign import Figures, Plan, run
from fuzz.targets import TARGETS


def run_jobs(name: str, plan: Plan, n_jobs: int = 1) -> Figures:
    """Run a target, every ``n_jobs``-th case in each of ``n_jobs`` new processes.

    Even one job runs in a new process, whose memory is then that of the target.
    """
    shares = [replace(plan, first=plan.first + job, step=n_jobs) for job in range(n_jobs)]
    # Spawned, because torch's threads do not survive a fork.
    with ProcessPoolExecutor(n_jobs, mp_context=get_context("spawn")) as pool:
        return reduce(Figures.merge, pool.map(_run, repeat(name), shares))


def _run(name: str, plan: Plan) -> Figures:
    return run(TARGETS[name](), plan)
