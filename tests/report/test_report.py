import json

import pytest

from demarcate.errors import OutputError
from demarcate.report import Report


def test_the_json_has_a_member_for_each_section_and_no_nan(binary_report, multiclass_report):
    for report in (binary_report, multiclass_report):
        parsed = json.loads(json.dumps(report.to_json(), allow_nan=False))
        assert parsed["format"] == 1
        assert list(parsed)[1:] == [section.key for section in report.sections]


def test_the_same_report_is_the_same_page(binary_fit):
    assert len({Report.of(*binary_fit).to_html() for _ in range(2)}) == 1


def test_the_page_is_saved_whole_or_not_at_all(binary_report, tmp_path):
    path = tmp_path / "page.html"
    binary_report.save(path)
    assert path.read_text(encoding="utf-8") == binary_report.to_html()
    with pytest.raises(OutputError):
        binary_report.save(tmp_path / "missing" / "page.html")
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]
