import json
import re

import pytest

from demarcate.serving.form_page import OWN_FILES, SHARED_FILES


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_ask_for_nothing_but_their_own_files(ask, mixed_app, path):
    status, headers, body = ask(mixed_app, "GET", path)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    named = re.findall(r'(?:src|href)="([^"]+)"', body.decode())
    assert {name for name in named if name.startswith("web/")} <= {f"web/{file}" for file in OWN_FILES + SHARED_FILES}
    assert all(name in ("data:,", "docs", "openapi.json", "./") or name.startswith("web/") for name in named)


@pytest.mark.parametrize("name", [*OWN_FILES, *SHARED_FILES])
def test_every_file_is_there_with_what_it_imports(ask, mixed_app, name):
    status, headers, body = ask(mixed_app, "GET", f"/web/{name}")
    assert status == 200
    imported = re.findall(r'from "\./([^"]+)"', body.decode())
    assert {*imported} <= {*OWN_FILES, *SHARED_FILES}
    again = ask(mixed_app, "GET", f"/web/{name}", if_none_match=headers["etag"])
    assert (again[0], again[2]) == (304, b"")


@pytest.mark.parametrize("name", ["web_page.js", "..", "%2e%2e", "form.js%00", "FORM.JS"])
def test_no_other_file_is_given(ask, mixed_app, name):
    assert ask(mixed_app, "GET", f"/web/{name}")[0] == 404


def test_the_form_knows_columns_and_labels(ask, mixed_app, mixed_model):
    facts = json.loads(ask(mixed_app, "GET", "/models/mixed/form")[2])
    assert [each["name"] for each in facts["model"]["columns"]] == list(mixed_model[1][0])
    assert (facts["labels"], facts["hasSets"]) == (mixed_model[0].classes.tolist(), True)
