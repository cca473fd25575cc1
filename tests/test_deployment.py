"""The files in deploy/ say what the service does: its addresses and options, and that it may write nothing."""

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from demarcate.cli.command_list import command_named
from demarcate.cli.option_groups import option_types
from demarcate.serving.gate import OPEN_PATHS

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
UNIT = dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / "demarcate.service").read_text("utf-8"), re.MULTILINE))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["demarcate"]
DEPLOYMENT, SERVICE, BUDGET = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
POD = DEPLOYMENT["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
PORT = inspect.signature(command_named("serve")).parameters["port"].default


def options_in(text):
    return set(re.findall(r"--[a-z][a-z-]+", text))


def test_only_options_of_the_command_are_given():
    known = {flag for _, flag, _, _ in option_types(command_named("serve"))}
    entry = re.search(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE)[1]
    given = options_in(entry) | options_in(UNIT["ExecStart"]) | options_in(" ".join(CONTAINER["args"]))
    assert given == {"--host", "--token-file", "--workers"} & known


def test_the_port_is_the_command_s():
    assert f"EXPOSE {PORT}\n" in DOCKERFILE
    assert COMPOSE["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert CONTAINER["ports"] == [{"name": "http", "containerPort": PORT}]
    assert SERVICE["spec"]["ports"][0]["targetPort"] == "http"


def test_probes_ask_addresses_that_need_no_token():
    probes = {name: CONTAINER[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert probes == {"startup": "/health/ready", "readiness": "/health/ready", "liveness": "/health/live"}
    (health,) = re.findall(r"http://127\.0\.0\.1:\d+(/[\w/]+)", DOCKERFILE)
    assert {*probes.values(), health} <= OPEN_PATHS


def test_nothing_runs_with_rights_or_may_write_where_it_runs():
    assert "\nUSER 1000\n" in DOCKERFILE
    assert (COMPOSE["read_only"], COMPOSE["cap_drop"], COMPOSE["user"]) == (True, ["ALL"], "1000:1000")
    assert all(volume.endswith(":ro") for volume in COMPOSE["volumes"])
    assert POD["securityContext"]["runAsNonRoot"]
    rights = CONTAINER["securityContext"]
    assert rights["readOnlyRootFilesystem"]
    assert not rights["allowPrivilegeEscalation"]
    assert all(mount.get("readOnly") or mount["name"] == "tmp" for mount in CONTAINER["volumeMounts"])
    assert (UNIT["DynamicUser"], UNIT["ProtectSystem"], UNIT["CapabilityBoundingSet"]) == ("yes", "strict", "")


def test_each_gives_a_request_the_time_that_it_may_take():
    limit = inspect.signature(command_named("serve")).parameters["timeout"].default
    graces = (COMPOSE["stop_grace_period"], UNIT["TimeoutStopSec"], f"{POD['terminationGracePeriodSeconds']}s")
    assert all(float(grace.removesuffix("s")) > limit + 5 for grace in graces)


def test_labels_select_the_pods_and_the_token_is_where_it_is_read():
    labels = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    assert DEPLOYMENT["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert SERVICE["spec"]["selector"].items() <= labels.items()
    assert BUDGET["spec"]["selector"]["matchLabels"].items() <= labels.items()
    token = re.search(r'"--token-file", "([^"]+)"', DOCKERFILE)[1]
    mounts = {mount["name"]: mount["mountPath"] for mount in CONTAINER["volumeMounts"]}
    (item,) = next(volume["secret"]["items"] for volume in POD["volumes"] if volume["name"] == "token")
    assert token == f"{mounts['token']}/{item['path']}"
    assert token.rpartition("/")[2] in COMPOSE["secrets"]


def test_the_image_has_what_the_service_needs():
    """Without the packages that the image leaves out, a model is served and a table of text predicted."""
    listed = re.search(r"constraint constraints\.txt \\\n +(.*)\n", DOCKERFILE)[1].split()
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    left_out = {Requirement(text).name.replace("scikit-learn", "sklearn") for text in dependencies} - {*listed}
    assert left_out == {"torch", "sklearn", "scipy", "matplotlib", "jinja2"}
    program = f"""
import sys
sys.modules.update(dict.fromkeys({sorted(left_out)}, None))
from demarcate.cli.command_list import command_named
from demarcate.serving.model_store import ModelSource
from demarcate.serving.service_app import ServiceApp
from demarcate.tabular.frame import as_frame
command_named("serve")
model = ModelSource.parse({str(GOLDEN)!r}).load().model
row = {{column.name: [""] for column in model.schema.columns}}
print(model.predict_proba(as_frame(row)).shape)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\(1, \d+\)\n", done.stdout)


GOLDEN = ROOT / "tests" / "bundle" / "golden" / "format_1.safetensors"


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "demarcate.service", "kubernetes.yaml"])
def test_the_page_names_every_file(name):
    assert f"](../deploy/{name})" in (ROOT / "docs" / "production.md").read_text("utf-8")
