"""The clients that the page about production shows get answers from the service that it starts."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from demarcate.serving.bodies import KINDS
from demarcate.serving.gate import OPEN_FOLDER, OPEN_PATHS
from demarcate.serving.http_protocol import MAX_HEADER_BYTES
from demarcate.serving.json_body import MAX_UNKNOWN_COLUMNS
from demarcate.serving.service_settings import BODIES_AT_ONCE, MEGABYTE, ServiceSettings
from demarcate.serving.tokens import LEAST_CHARACTERS

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
    named |= {"--max-body", "--max-rows", "--max-concurrent"}
    assert all(f"`{option}`" in PAGE and option in helped for option in named)


def test_limits_kinds_and_open_addresses_are_those_of_the_service():
    limits = ServiceSettings()
    for fact in (
        f"`--max-body`, {limits.max_body // MEGABYTE} MB",
        f"`--max-rows`, {limits.max_rows:,} |",
        f"| {MAX_UNKNOWN_COLUMNS:,} columns beside",
        f"`--timeout`, {limits.timeout:g} s",
        f"`--max-concurrent`, {limits.max_concurrent} requests",
        f"bodies of {BODIES_AT_ONCE} times `--max-body`",
        f"| {MAX_HEADER_BYTES:,} bytes of headers",
        f"at least {LEAST_CHARACTERS}\ncharacters",
        "`application/vnd.apache.arrow.file`",
        *(f"`{kind.media_type}`" for kind in KINDS),
    ):
        assert fact in PAGE
    (needs_none,) = re.findall(r"^.*No token is needed for (.*?)Everything else", PAGE, re.DOTALL)
    named = re.findall(r"`(/[^`]*)`", needs_none)
    folders = tuple(path for path in named if path != "/" and path.endswith("/"))
    assert OPEN_FOLDER in folders
    pages = OPEN_PATHS - {"/favicon.ico"}
    assert {path for path in pages if not path.startswith(folders)} == {*named} - {*folders}
