import asyncio

import pytest

from demarcate.serving import trial
from demarcate.serving.model_store import ModelSource, ModelStore
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.trial import UnfitError, try_models


@pytest.fixture(scope="module")
def models(model_files, date_file):
    return ModelStore([ModelSource.parse(str(path)).load() for path in (model_files[0], date_file)])


@pytest.fixture
def tried(models):
    """Tries the models with an application: lines of the log, and what was asked."""

    class Lines(ServiceLog):
        def _write(self, facts, words):
            lines.append(facts)

    lines, asked = [], []

    def run(app):
        async def noting(scope, receive, send):
            asked.append((scope["path"].split("/")[2], dict(scope["headers"])[b"content-type"].decode()))
            await app(scope, receive, send)

        asyncio.run(try_models(noting, models, Lines(descriptor=-1)))

    run.lines, run.asked = lines, asked
    return run


def test_every_model_is_tried_as_json_and_as_csv(tried, serve_models, models):
    statuses = []

    async def app(scope, receive, send):
        async def note(message):
            statuses.extend([message["status"]] if "status" in message else [])
            await send(message)

        await served(scope, receive, note)

    served = serve_models(**{each.name: each.model for each in models.all()})
    served.models = models
    tried(app)
    assert tried.asked == [(name, kind) for name in ("moons1", "dates") for kind in ("application/json", "text/csv")]
    assert statuses == [200] * 4
    assert not tried.lines


def test_what_does_not_come_back_or_fails_is_unfit(tried, send_answer, monkeypatch):
    monkeypatch.setattr(trial, "TRIAL_SECONDS", 0.01)

    async def hang(scope, receive, send):
        await asyncio.sleep(60)

    async def fail(scope, receive, send):
        raise ZeroDivisionError

    async def break_down(scope, receive, send):
        await send_answer(send, 500)

    for app, n_lines in (hang, 1), (fail, 2), (break_down, 1):
        with pytest.raises(UnfitError, match="does not answer an example row as application/json"):
            tried(app)
        assert [line["event"] for line in tried.lines] == ["unfit"] * n_lines
        tried.lines.clear()


def test_a_refusal_is_an_answer(tried, send_answer):
    async def refuse(scope, receive, send):
        await send_answer(send, 422)

    tried(refuse)
    assert len(tried.asked) == 4
