import json

import pytest
import torch
from torch import nn

from demarcate import Training, datasets, train
from demarcate.errors import InputError, OutputError
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


def test_a_network_of_an_experiment_is_reported_on_with_its_test_rows():
    moons = datasets.moons(n_samples=120, noise=0.2)
    torch.manual_seed(0)
    own = nn.Sequential(nn.Linear(2, 8), nn.LayerNorm(8), nn.ReLU(), nn.Linear(8, 1))
    run = train(moons, {"own": own}, Training(lr=0.03, epochs=5), every=2)["own"]
    report = Report.from_run(run, moons, name="moons")
    assert report.to_json()["scores"]["contenders"][0]["scores"]["accuracy"]["value"] == pytest.approx(
        run.test_accuracy
    )
    page = report.to_html()
    assert f"The scores are from {len(run.test_rows)} test rows. No network was trained on them." in page
    assert "may contain rows of it" not in page
    assert "may contain rows of it" in Report.from_predictor(run.predictor, *moons).to_html()
    with pytest.raises(InputError, match=r"^The table has 20 rows, and the network's last test row is row "):
        Report.from_run(run, (moons.X[:20], moons.y[:20]))
