"""Which interval suits the mean loss of rows of which a few are certain mistakes: Student's, or that of its logarithm.

``python benchmarks/trust/loss_intervals.py [--repeats 4000]`` draws rows most of which cost nothing and some an
exponential loss, and counts the intervals that lie above and below the true mean; each should do so in 2.5% of cases.
"""

import argparse

import numpy as np
from scipy.special import stdtrit

COST_OF_OTHERS = 0.01
KINDS = ((0.03, 4.0), (0.05, 6.0), (0.1, 3.0), (1.0, 0.5))
"""The share of rows that are mistakes, and their mean loss."""


def missed(n_rows: int, share: float, cost: float, repeats: int, generator: np.random.Generator) -> np.ndarray:
    """Return the shares of intervals above and below the truth ``(2, 2)``, Student's first."""
    is_mistake = generator.random((repeats, n_rows)) < share
    losses = generator.exponential(np.where(is_mistake, cost, COST_OF_OTHERS))
    mean, error = losses.mean(1), losses.std(1, ddof=1) / np.sqrt(n_rows)
    reach, truth = stdtrit(n_rows - 1, 0.975) * error, share * cost + (1 - share) * COST_OF_OTHERS
    factor = np.exp(reach / mean)
    ends = ((mean - reach, mean + reach), (mean / factor, mean * factor))
    return np.array([[(low > truth).mean(), (high < truth).mean()] for low, high in ends])


def main() -> None:
    """Simulate, and print a line for each number of rows and kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=4000)
    repeats, generator = parser.parse_args().repeats, np.random.default_rng(0)
    print("rows  mistakes  cost   Student's above, below   of the logarithm above, below")
    for n_rows in (60, 120, 300):
        for share, cost in KINDS:
            (above, below), (log_above, log_below) = missed(n_rows, share, cost, repeats, generator)
            figures = f"{above:10.1%} {below:8.1%} {log_above:20.1%} {log_below:8.1%}"
            print(f"{n_rows:4} {share:9.0%} {cost:5.1f} {figures}")


if __name__ == "__main__":
    main()
