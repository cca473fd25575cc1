import numpy as np
import polars as pl
import pytest

from demarcate.report import Report


@pytest.fixture(scope="module")
def leak():
    """A table with a column that copies the target, and its labels."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 100)
    return pl.DataFrame({"a": rng.normal(size=100), "leak": codes + 0.01 * rng.normal(size=100)}), codes


def test_findings_are_those_of_the_record_and_leaks_stand_out(leak, report_of, parse_page):
    report = report_of(*leak)
    findings = report.to_json()["findings"]["findings"]
    assert findings == report.evaluated.record["audit"]
    assert ("giveaway", "leak", ["leak"]) in [(each["rule"], each["severity"], each["columns"]) for each in findings]
    shown = [each for each in parse_page(report.to_html()).all("li") if each.get("class", "").startswith("finding")]
    assert [each["class"].endswith("grave") for each in shown] == [each["severity"] == "leak" for each in findings]
    assert all(each["text"] in shown[index]["text"] for index, each in enumerate(findings))


def test_a_model_without_an_audit_has_its_given_rows_audited(leak, report_of):
    predictor = report_of(*leak).evaluated.predictor.with_record({})
    report = Report.from_predictor(predictor, *leak)
    section = report.to_json()["findings"]
    assert section["audited"] == "given"
    assert "giveaway" in [each["rule"] for each in section["findings"]]
    assert "They are from the given rows" in report.to_html()
