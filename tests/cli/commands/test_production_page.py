"""The clients that the page about production shows get answers from the service that it starts."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "production.md").read_text("utf-8")
CLIENT = re.findall(r"^```py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
CURLS = re.findall(r"^curl .*?(?=^curl|^```)", PAGE, re.MULTILINE | re.DOTALL)
SHOWN = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def address(model, tmp_path_factory):
    """The address of a service on a free port."""
    folder = tmp_path_factory.mktemp("service")
    shutil.copy(model, folder / "heart.safetensors")
    command = [sys.executable, "-m", "demarcate", "serve", "heart.safetensors", "--port", "0", "--workers", "1"]
    with subprocess.Popen([*command, "--no-log-requests"], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()
        assert process.wait(30) == 0


def run(*program, address, cwd=None):
    words = [word.replace(SHOWN, address) for word in program]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_client_in_ten_lines_gets_a_prediction_or_every_problem(address):
    answer = run(sys.executable, "-c", CLIENT, address=address)
    assert re.match(r"\[\{'label': [01], 'probabilities': \{'0': 0\.\d+, '1': 0\.\d+\}", answer)
    wrong = CLIENT.replace("age=63", "age='old'").replace("chol=233", "chol='high'")
    answer = run(sys.executable, "-c", wrong, address=address)
    assert "'row': 1, 'column': 'age'" in answer
    assert "'row': 1, 'column': 'chol'" in answer


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_so_does_curl_and_a_table_comes_back_as_one(address, heart_frame, tmp_path):
    one, table = CURLS
    (prediction,) = json.loads(run("bash", "-c", one, address=address))["predictions"]
    assert sum(prediction["probabilities"].values()) == pytest.approx(1)
    heart_frame.write_csv(tmp_path / "rows.csv")
    header, *rows = run("bash", "-c", table, address=address, cwd=tmp_path).splitlines()
    assert header == "prediction,probability_0,probability_1"
    assert len(rows) == len(heart_frame)


def test_every_metric_that_the_page_names_is_there(address):
    run(sys.executable, "-c", CLIENT, address=address)
    shown = urlopen(f"{address}/metrics").read().decode()
    for name in set(re.findall(r"demarcate_\w+", PAGE)):
        assert f"# TYPE {name} " in shown, name


def test_every_option_of_the_service_that_the_page_names_is_there(demarcate):
    helped = demarcate("serve", "--help").out
    named = {"--token-file", "--timeout", "--tls-cert", "--tls-key", "--expect-sha256"}
    assert all(f"`{option}`" in PAGE and option in helped for option in named)
