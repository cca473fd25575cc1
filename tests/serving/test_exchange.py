import json

import pytest


@pytest.mark.parametrize("query", ["set=%ff", "&".join(f"a{number}=1" for number in range(101))])
def test_an_address_that_cannot_be_read_is_refused(ask, mixed_app, query):
    status, _, body = ask(mixed_app, "POST", f"/predict?{query}", b"{}")
    assert (status, json.loads(body)["problems"][0]["fact"]) == (
        400,
        "The part of the address after '?' cannot be read",
    )


def test_a_body_may_arrive_in_parts(ask, mixed_app, mixed_model):
    _, rows = mixed_model
    body = json.dumps({"rows": rows[:5]}).encode()
    assert ask(mixed_app, "POST", "/predict", body, parts=9) == ask(mixed_app, "POST", "/predict", body)
