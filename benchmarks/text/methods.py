"""What is compared: each method returns probabilities of test rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Method = Callable[[pl.DataFrame, NDArray[Any], pl.DataFrame], NDArray[np.float64]]
"""From training rows, their labels and test rows to probabilities ``(n_test, n_classes)``, classes sorted.

The first column is text; other columns are numbers where all their cells are, else categories.
"""


def demarcate(train: pl.DataFrame, labels: NDArray[Any], test: pl.DataFrame) -> NDArray[np.float64]:
    """Return those of the default classifier."""
    from demarcate import DemarcateClassifier

    return DemarcateClassifier().fit(train, labels).predict_proba(test)


def tfidf(train: pl.DataFrame, labels: NDArray[Any], test: pl.DataFrame) -> NDArray[np.float64]:
    """Return those of logistic regression on TF-IDF: words and pairs, characters in words; C by cross-validation."""
    from sklearn.compose import make_column_transformer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    text = train.columns[0]
    numbers, categories = other_columns(train)
    columns = make_column_transformer(
        (TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), text),
        (TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2), text),
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore"), categories),
    )
    frames = [_pandas(part, numbers) for part in (train, test)]
    # Columns do not depend on labels, so that they are made once for all folds.
    train_matrix = columns.fit_transform(frames[0])
    grid = {"C": [0.3, 1.0, 3.0, 10.0, 30.0, 100.0]}
    search = GridSearchCV(LogisticRegression(max_iter=300, tol=1e-3), grid, scoring="neg_log_loss", cv=5)
    return search.fit(train_matrix, labels).predict_proba(columns.transform(frames[1]))


def catboost(train: pl.DataFrame, labels: NDArray[Any], test: pl.DataFrame) -> NDArray[np.float64]:
    """Return those of CatBoost with its text features, stopped early on a tenth of the training rows."""
    from catboost import CatBoostClassifier, Pool
    from sklearn.model_selection import train_test_split

    numbers, categories = other_columns(train)
    kinds = {"text_features": [train.columns[0]], "cat_features": categories}
    frames = [_pandas(part, numbers) for part in (train, test)]
    for frame in frames:
        frame[categories] = frame[categories].fillna("missing")
    learned, held, own, others = train_test_split(frames[0], labels, test_size=0.1, stratify=labels, random_state=0)
    model = CatBoostClassifier(random_seed=0, thread_count=1, verbose=False, early_stopping_rounds=50)
    model.fit(Pool(learned, own, **kinds), eval_set=Pool(held, others, **kinds))
    return model.predict_proba(Pool(frames[1], **kinds))


METHODS: dict[str, Method] = {"demarcate": demarcate, "tfidf": tfidf, "catboost": catboost}


def other_columns(table: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Return the names of columns of numbers, and of categories, beside the text."""
    cast = {name: table[name].cast(pl.Float64, strict=False) for name in table.columns[1:]}
    numbers = [name for name, cells in cast.items() if cells.null_count() == table[name].null_count()]
    return numbers, [name for name in cast if name not in numbers]


def _pandas(table: pl.DataFrame, numbers: list[str]) -> Any:
    frame = table.with_columns(pl.col(numbers).cast(pl.Float64))
    pandas = __import__("pandas")
    return pandas.DataFrame({name: frame[name].to_list() for name in frame.columns})
