"""The pipeline behind BentoML: ``bentoml serve bentoml_server:Heart``, beside a file ``pipeline.joblib``."""

from typing import Any

import bentoml
import joblib
import pandas as pd


@bentoml.service(workers=2)
class Heart:
    """Labels and probabilities of rows."""

    def __init__(self) -> None:
        self.pipeline = joblib.load("pipeline.joblib")
        self.classes = [str(name) for name in self.pipeline.classes_]

    @bentoml.api
    def predict(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Return labels and probabilities."""
        names = self.classes
        probabilities = self.pipeline.predict_proba(pd.DataFrame(rows)).tolist()
        words = [
            {"label": names[row.index(max(row))], "probabilities": dict(zip(names, row, strict=True))}
            for row in probabilities
        ]
        return {"predictions": words}
