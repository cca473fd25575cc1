"""A new data check takes its own module and a line in the registry: here one for columns of few words."""

import json
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier, Report, audit
from demarcate.checks import Finding, run_checks
from demarcate.checks.run_checks import DataCheck
from demarcate.errors import InputWarning

TINY = {"hidden": (4,), "epochs": 2, "n_folds": 2, "n_seeds": 1}


def shouting_columns(table):
    for name, column in table.columns.items():
        if name.isupper() and column.numbers is not None:
            text = f"column {name!r} shouts. Write it in small letters"
            yield Finding("shouting", "leak", text, (name,), {"n_values": column.n_values})


@pytest.fixture(autouse=True)
def registered():
    with patch.object(run_checks, "CHECKS", (*run_checks.CHECKS, DataCheck(shouting_columns))):
        yield


@pytest.fixture
def table():
    draw = np.random.default_rng(0)
    X = pl.DataFrame({name: draw.normal(size=200) for name in ("age", "DOSE", "x")})
    return X, draw.integers(2, size=200)


@pytest.fixture
def classifier(table):
    with pytest.warns(InputWarning, match="column 'DOSE' shouts. Write it in small letters"):
        return DemarcateClassifier(**TINY).fit(*table)


def test_fit_warns_of_its_finding_and_records_it(classifier):
    assert [finding.rule for finding in classifier.audit_] == ["shouting"]
    (recorded,) = json.loads(json.dumps(classifier.record()["audit"]))
    assert (recorded["severity"], recorded["columns"]) == ("leak", ["DOSE"])
    assert recorded["numbers"] == {"n_values": 200}


def test_the_report_shows_its_finding(classifier, table):
    page = Report.of(classifier, *table).to_html()
    assert '<span class="rule">shouting</span>' in page
    assert "shouts. Write it in small letters" in page


def test_an_audit_has_its_finding_and_scores_without_its_column(table):
    result = audit(table, settings=TINY)
    assert "- leak: column 'DOSE' shouts. Write it in small letters." in str(result)
    document = json.loads(json.dumps(result.to_json()))
    assert [finding["rule"] for finding in document["findings"]] == ["shouting"]
    assert [rescored["name"] for rescored in document["rescored"]] == ["as it stands", "without column 'DOSE'"]
