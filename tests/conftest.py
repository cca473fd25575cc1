"""What every test shares."""

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Random models are for the tests of everything that computes a model.
sys.path.insert(0, str(Path(__file__).parent / "export"))

# A busy machine is no reason to fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Tests are small work: one thread is faster, and two test processes, with the programs that they start, do not fight
# over two cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# scikit-learn skips its check of array API input where scipy, once imported, was not told to allow any.
os.environ["SCIPY_ARRAY_API"] = "1"


def pytest_collection_finish() -> None:
    """Ten thousand tests are there to stay: the garbage collector need not look through them again and again."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """The process of the tests may have imported torch before."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _no_progress_lines():
    """A command that a busy machine makes slow prints what it prints elsewhere."""
    from demarcate.cli import progress_lines

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress_lines, "SECONDS_BETWEEN", 1e6)
        yield


@pytest.fixture(scope="session")
def ask():
    """Asks a service's application in this process: status, headers and body; refusals as its gate answers them."""
    import asyncio

    from demarcate.serving.problems import RequestRefusedError

    async def asked(app, method, path, body=b"", parts=1, **headers):
        path, _, query = path.partition("?")
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": named}
        size = -(-len(body) // parts) or 1
        chunks = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
        received = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        received[-1]["more_body"] = False
        sent = []

        async def receive():
            return received.pop(0)

        async def send(message):
            sent.append(message)

        try:
            await app(scope, receive, send)
        except RequestRefusedError as refusal:
            headers = {name.decode(): value.decode("latin-1") for name, value in refusal.answer_headers()}
            return refusal.status, headers, refusal.body()
        start, end = sent
        headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        assert int(headers["content-length"]) == len(end["body"]) or method == "HEAD"
        return start["status"], headers, end["body"]

    return lambda *request, **headers: asyncio.run(asked(*request, **headers))


@pytest.fixture(scope="session")
def serve_models():
    """Returns the application of a service of models by name, which computes each request alone."""
    from demarcate.serving.micro_batches import SharedBatches
    from demarcate.serving.model_store import ModelStore
    from demarcate.serving.served_model import ServedModel
    from demarcate.serving.service_app import ServiceApp
    from demarcate.serving.service_settings import ServiceSettings

    def app(settings=None, **models):
        store = ModelStore([ServedModel(name, "1", model, "0" * 64) for name, model in models.items()])
        return ServiceApp(store, settings or ServiceSettings(), compute=SharedBatches())

    return app
