"""``python pipeline.py TABLE OUT``: fit the peers' pipeline, with scikit-learn alone."""

import sys

import joblib
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def main(table: str, out: str) -> None:
    """Fit on all columns but the last, which is the target."""
    frame = pd.read_csv(table)
    X, y = frame.iloc[:, :-1], frame.iloc[:, -1]
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
    )
    joblib.dump(make_pipeline(columns, MLPClassifier(random_state=0, max_iter=500)).fit(X, y), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
