"""How often the interval of an effect contains the mean effect of the change, over newly generated tables.

``python benchmarks/trust/effects.py [--tables 30]`` draws tables of 300 moons, measures on each the effect of half of
the rows, fewer units and more regularisation on three networks, and counts the intervals that contain the mean over
tables.
"""

import argparse

import numpy as np
from worlds import moons

from demarcate import Network, Training
from demarcate.engine import fit
from demarcate.experiments.diagnosis.probe_design import design_probes
from demarcate.experiments.diagnosis.probe_scores import ProbeScores, score_probes
from demarcate.experiments.diagnosis.probes import probes_of
from demarcate.trainingset.read_data import read_training_set

OWN, CHANGES = "configured", ("half of the rows", "smaller", "regularised")
PLAIN = Training(lr=0.01, epochs=200, batch_size=None)
NETWORKS = {
    "dropout": (Network((16, 16), dropout=0.2), Training(lr=0.01, epochs=200, batch_size=None, weight_decay=1e-4)),
    "free": (Network((64, 64)), PLAIN),
    "stopped early": (Network((32,)), Training("adamw", lr=0.01, epochs=100, batch_size=64, patience=20)),
}


def measure(network: Network, training: Training, seed: int) -> ProbeScores:
    """Return the scores of the probes on one table."""
    training_set = read_training_set(moons(0.3).draw(300, seed), [network])
    probes = [probe for probe in probes_of(network, training) if probe.name in (OWN, *CHANGES)]
    design = design_probes(training_set, probes, seeds=10, seed=seed, standardise=True)
    return score_probes(training_set, design, fit(design.members, design.samples))


def main() -> None:
    """Measure, and print a line for each network and change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=30)
    given = parser.parse_args()
    held = []
    for name, specification in NETWORKS.items():
        tables = [measure(*specification, seed) for seed in range(given.tables)]
        for change in CHANGES:
            means = [table.gain(change, OWN, "log_loss") for table in tables]
            truth = np.mean([mean.value for mean in means])
            own = [mean.low <= truth <= mean.high for mean in means]
            width = np.mean([mean.high - mean.low for mean in means])
            held += own
            print(f"{name:14} {change:17} {truth:+.3f}  contained {np.mean(own):.0%}  width {width:.3f}", flush=True)
    print(f"{np.mean(held):.1%} of {len(held)} intervals contain it.")


if __name__ == "__main__":
    main()
