import json

import pytest
from typer.testing import CliRunner

from demarcate.cli.app import app


def fit(*options):
    return CliRunner().invoke(app, ["fit", "moons", "--preset", "fast", "--hidden", "4", "--epochs", "2", *options])


def test_a_tracker_that_is_none_is_refused_before_the_work():
    result = fit("--track", "wandb")
    assert result.exit_code == 2
    assert result.stderr.strip() == "Usage: --track is 'wandb'. Give mlflow or tensorboard."


def test_a_place_without_a_tracker_is_refused():
    result = fit("--track-to", "runs")
    assert result.exit_code == 2
    assert "--track-to needs a tracker" in result.stderr


@pytest.mark.filterwarnings("ignore::demarcate.errors.DemarcateWarning")
def test_a_fit_is_tracked_with_its_report_and_says_where(tmp_path):
    pytest.importorskip("tensorboard")
    result = fit("--track", "tensorboard", "--track-to", str(tmp_path / "runs"), "--json", "--quiet")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["tracked"] == str(tmp_path / "runs" / "moons")
    assert {"model.safetensors", "report.html"} <= {path.name for path in (tmp_path / "runs" / "moons").iterdir()}
