"""What the command line refuses to predict, the service refuses with the same problems, told as those of a request."""

import warnings
from dataclasses import replace

import pytest
from cases import Refused
from corpus import CASES
from forms import FORMS, InexpressibleError
from services import KINDS, bodies_of, numpy_model, service_answer

from demarcate import DemarcateClassifier, datasets
from demarcate.errors import InputError
from demarcate.io.tables import read_table
from demarcate.serving.request_advice import BODY_NAME, for_request
from demarcate.tabular import as_frame

REFUSED = [case for case in CASES if isinstance(case.verdict, Refused)]


@pytest.fixture(scope="module")
def predictor():
    X, y = datasets.moons(n_samples=40)
    return DemarcateClassifier(hidden=(), epochs=1, n_folds=2).fit(X, y).predictor_


def problems_at_the_command_line(predictor, path):
    """What is wrong with a file to predict, as a request has it: with reading it, or with its columns and cells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            frame = as_frame(read_table(str(path)))
            predictor.predict_proba(frame.drop(predictor.target, strict=False))
        except InputError as error:
            named = [
                replace(each, fact=each.fact.replace(str(path), f"{BODY_NAME}{path.suffix}")) for each in error.problems
            ]
            return [str(for_request(problem)) for problem in named]
    return []


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_refused_tables_are_refused_with_the_same_problems(case, predictor, tmp_path, ask, serve_models):
    app = serve_models(m=numpy_model(predictor))
    for form in FORMS:
        if form.name not in KINDS or form.name in case.apart or form.name == "jsonl":
            continue
        try:
            form.through(case, tmp_path)
        except InexpressibleError:
            continue
        except InputError:
            pass  # the file is written before it is read
        ((kind, body),) = bodies_of([form.name], tmp_path)
        expected = problems_at_the_command_line(predictor, tmp_path / f"table.{form.name}")
        assert expected
        status, said = service_answer(ask, app, kind, body)
        assert status in (400, 413, 422)
        if status == 422:
            assert said["detail"].removeprefix(f"{len(expected)} problems, the first: ") == expected[0]
