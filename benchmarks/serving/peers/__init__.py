"""Other servers of the same table: a pipeline of scikit-learn with its default MLP, in a joblib file.

Each has an environment of its own, as their requirements disagree::

    python -m venv FOLDER/fastapi && FOLDER/fastapi/bin/pip install fastapi 'uvicorn[standard]' scikit-learn pandas
    python -m venv FOLDER/litserve && FOLDER/litserve/bin/pip install litserve scikit-learn pandas
    python -m venv FOLDER/mlserver && FOLDER/mlserver/bin/pip install mlserver mlserver-sklearn pandas 'uvloop<0.22'
    python -m venv FOLDER/bentoml && FOLDER/bentoml/bin/pip install bentoml scikit-learn pandas

Each is set up as its own documentation advises for two cores: two workers with a thread each for numpy, and batches
where it has them.
"""

import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.serving.service import Service, free_port, json_body

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Peer:
    """A server of another library."""

    name: str
    """Also of its environment's folder."""
    program: Callable[[Path, int, Path], list[str]]
    """The command line, from the folder of its environment's programs, a port and the folder that it runs in."""
    path: str = "/predict"
    body: Callable[[list[dict[str, Any]]], bytes] = json_body
    ready: str = "/health"

    def python(self, folder: Path) -> Path:
        """Return the interpreter of its environment."""
        return folder / self.name / "bin" / "python"

    @contextlib.contextmanager
    def started(self, folder: Path, scratch: Path) -> Iterator[Service]:
        """Serve the pipeline that lies in the scratch folder."""
        port, place = free_port(), scratch / self.name
        place.mkdir(exist_ok=True)
        (place / "pipeline.joblib").write_bytes((scratch / f"{self.name}.joblib").read_bytes())
        program = self.program(self.python(folder).parent, port, place)
        log = scratch / f"{self.name}.log"
        words = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with Service.of_command(program, port, log, ready=self.ready, folder=place, words=words) as service:
            yield service


def fit_pipeline(python: Path, out: Path) -> None:
    """Fit the pipeline with the libraries of an environment, which alone can read its file."""
    subprocess.run(
        [python, HERE / "pipeline.py", HERE.parents[2] / "src/demarcate/datasets/heart.csv", out], check=True
    )


def _fastapi(programs: Path, port: int, _place: Path) -> list[str]:
    words = ["--app-dir", str(HERE), "--port", str(port), "--workers", "2", "--no-access-log"]
    return [str(programs / "uvicorn"), "fastapi_server:app", *words]


def _litserve(programs: Path, port: int, _place: Path) -> list[str]:
    return [str(programs / "python"), str(HERE / "litserve_server.py"), str(port)]


def _bentoml(programs: Path, port: int, place: Path) -> list[str]:
    (place / "bentoml_server.py").write_bytes((HERE / "bentoml_server.py").read_bytes())
    words = ["--working-dir", str(place), "--port", str(port), "--host", "127.0.0.1"]
    return [str(programs / "bentoml"), "serve", "bentoml_server:Heart", *words]


def _mlserver(programs: Path, port: int, place: Path) -> list[str]:
    settings = {"host": "127.0.0.1", "http_port": port, "grpc_port": free_port(), "metrics_port": free_port()}
    (place / "settings.json").write_text(json.dumps({**settings, "parallel_workers": 2, "debug": False}))
    model = {"name": "heart", "implementation": "mlserver_sklearn.SKLearnModel", "max_batch_size": 64}
    parameters = {"uri": "./pipeline.joblib", "content_type": "pd", "environment_tarball": None}
    model |= {"max_batch_time": 0.005, "parameters": parameters}
    (place / "model-settings.json").write_text(json.dumps(model))
    return [str(programs / "mlserver"), "start", str(place)]


def inference_body(rows: list[dict[str, Any]]) -> bytes:
    """Return rows as the Open Inference Protocol has them, a tensor for each column."""
    inputs = []
    for name in rows[0]:
        cells = [row[name] for row in rows]
        if any(isinstance(cell, str) for cell in cells):
            tensor = {"datatype": "BYTES", "data": ["" if cell is None else str(cell) for cell in cells]}
            tensor["parameters"] = {"content_type": "str"}
        else:
            tensor = {"datatype": "FP64", "data": [None if cell is None else float(cell) for cell in cells]}
        inputs.append({"name": name, "shape": [len(rows)], **tensor})
    asked = [{"name": "predict_proba"}]
    return json.dumps({"parameters": {"content_type": "pd"}, "inputs": inputs, "outputs": asked}).encode()


PEERS = (
    Peer("fastapi", _fastapi),
    Peer("litserve", _litserve),
    Peer("bentoml", _bentoml, ready="/readyz"),
    Peer("mlserver", _mlserver, "/v2/models/heart/infer", inference_body, "/v2/health/ready"),
)
