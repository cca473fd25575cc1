import pytest

from demarcate.errors import InputError
from demarcate.serving.run_service import check_settings
from demarcate.serving.service_settings import ServiceSettings


def test_others_cannot_ask_without_a_token_and_a_certificate_needs_its_key():
    with pytest.raises(InputError) as caught:
        check_settings(ServiceSettings(host="0.0.0.0", tls_key="key.pem"))
    assert len(caught.value.problems) == 2
    check_settings(ServiceSettings(host="0.0.0.0", token_file="token"))
