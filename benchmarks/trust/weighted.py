"""Compare with weighted logistic regression where it is the truth: the weighted log loss of fresh rows.

``python benchmarks/trust/weighted.py [--rows 2000] [--seeds 3]`` draws rows whose log odds are linear, and weighs them
by class (the positive ones count 1 to 1000 times) or at random between 1 and such a number. The default classifier and
scikit-learn's logistic regression are fitted with these weights and compared on 50,000 fresh rows, weighted likewise.
"""

import argparse
import warnings
from statistics import median

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from demarcate import DemarcateClassifier

N_FRESH = 50_000
FACTORS = (1, 10, 100, 1000)


def draw(generator: np.random.Generator, n_rows: int, factor: int, scheme: str) -> tuple[np.ndarray, ...]:
    """Return features, labels and weights."""
    X = generator.normal(size=(n_rows, 3))
    y = (X @ [1.5, -1.0, 0.0] + generator.logistic(size=n_rows) > 0).astype(int)
    weights = np.where(y == 1, factor, 1.0) if scheme == "class" else factor ** generator.random(n_rows)
    return X, y, weights


def main() -> None:
    """Print the ratio of weighted log losses for each weighting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for scheme in ("class", "random"):
        for factor in FACTORS:
            ratios, shares = [], []
            for seed in range(given.seeds):
                generator = np.random.default_rng([seed, factor])
                X, y, weights = draw(generator, given.rows, factor, scheme)
                fresh, labels, counts = draw(generator, N_FRESH, factor, scheme)
                own = DemarcateClassifier(random_state=seed).fit(X, y, sample_weight=weights).predict_proba(fresh)
                truth = LogisticRegression().fit(X, y, sample_weight=weights).predict_proba(fresh)
                losses = [log_loss(labels, each, sample_weight=counts) for each in (own, truth)]
                ratios.append(losses[0] / losses[1])
                shares.append(own[:, 1].mean() - truth[:, 1].mean())
            print(
                f"{scheme:6s} 1 to {factor:4d}: weighted log loss over logistic regression's {median(ratios):.4f} "
                f"({min(ratios):.4f} to {max(ratios):.4f}), mean probability higher by {np.mean(shares):+.4f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
