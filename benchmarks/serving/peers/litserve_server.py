"""The pipeline behind LitServe: ``python litserve_server.py PORT``, beside a file ``pipeline.joblib``."""

import sys
from typing import Any

import joblib
import litserve
import pandas as pd


class Heart(litserve.LitAPI):
    """Requests are computed together, as many as come within some milliseconds."""

    def setup(self, _device: str) -> None:
        """Load the pipeline."""
        self.pipeline = joblib.load("pipeline.joblib")
        self.classes = [str(name) for name in self.pipeline.classes_]

    def decode_request(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """Take the rows of a request."""
        return request["rows"]

    def batch(self, inputs: list[list[dict[str, Any]]]) -> tuple[list[dict[str, Any]], list[int]]:
        """Join the rows of several requests."""
        return [row for rows in inputs for row in rows], [len(rows) for rows in inputs]

    def predict(self, joined: tuple[list[dict[str, Any]], list[int]]) -> list[list[list[float]]]:
        """Return the probabilities of each request's rows."""
        rows, lengths = joined
        probabilities, start, found = self.pipeline.predict_proba(pd.DataFrame(rows)).tolist(), 0, []
        for length in lengths:
            found.append(probabilities[start : start + length])
            start += length
        return found

    def unbatch(self, output: list[list[list[float]]]) -> list[list[list[float]]]:
        """Return what belongs to each request."""
        return output

    def encode_response(self, output: list[list[float]]) -> dict[str, Any]:
        """Return labels and probabilities."""
        names = self.classes
        words = [
            {"label": names[row.index(max(row))], "probabilities": dict(zip(names, row, strict=True))} for row in output
        ]
        return {"predictions": words}


if __name__ == "__main__":
    api = Heart(max_batch_size=64, batch_timeout=0.005)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=2)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, generate_client_file=False)
