"""The pipeline behind FastAPI: ``uvicorn fastapi_server:app``, beside a file ``pipeline.joblib``."""

from typing import Any

import joblib
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
pipeline = joblib.load("pipeline.joblib")
CLASSES = [str(name) for name in pipeline.classes_]


class Rows(BaseModel):
    """A request."""

    rows: list[dict[str, Any]]


@app.get("/health")
def health() -> dict[str, str]:
    """Say that the server is there."""
    return {"status": "ready"}


@app.post("/predict")
async def predict(request: Rows) -> dict[str, Any]:
    """Return labels and probabilities."""
    probabilities = pipeline.predict_proba(pd.DataFrame(request.rows)).tolist()
    return {"predictions": [_prediction(row) for row in probabilities]}


def _prediction(row: list[float]) -> dict[str, Any]:
    return {"label": CLASSES[row.index(max(row))], "probabilities": dict(zip(CLASSES, row, strict=True))}
