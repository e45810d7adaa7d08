from __future__ import annotations

from base64 import b64decode

import pytest

from databranch.endpoint import Endpoint, endpoint_from_environment, endpoint_of
from databranch.errors import ServiceUnavailable


@pytest.mark.parametrize(
    "written", ["http://host:8000", "http://host:8000/", " http://host:8000/api/v1 ", "http://host:8000/api/v1/"]
)
def test_an_address_is_taken_with_and_without_the_path_of_the_api(written: str) -> None:
    assert endpoint_of(written, "key", "secret").url == "http://host:8000"
    assert endpoint_of(written, "key", "secret").api == "http://host:8000/api/v1"


def test_an_address_without_a_scheme_is_refused_with_a_sentence() -> None:
    with pytest.raises(ServiceUnavailable, match=r"'host:8000' does not start with http"):
        endpoint_of("host:8000", "key", "secret")


def test_the_key_travels_as_basic_authentication() -> None:
    kind, value = Endpoint("http://host", "key", "päss:word").authorization.split()
    assert (kind, b64decode(value).decode()) == ("Basic", "key:päss:word")


def test_the_secret_is_not_in_the_representation() -> None:
    assert "hidden" not in repr(Endpoint("http://host", "key", "hidden"))


def test_the_environment_may_name_a_service_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert endpoint_from_environment() is None
    monkeypatch.setenv("DATABRANCH_ENDPOINT", "https://data.example.org")
    with pytest.raises(ServiceUnavailable, match="DATABRANCH_ACCESS_KEY_ID and DATABRANCH_SECRET_ACCESS_KEY"):
        endpoint_from_environment()
    monkeypatch.setenv("DATABRANCH_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("DATABRANCH_SECRET_ACCESS_KEY", "secret")
    assert endpoint_from_environment() == Endpoint("https://data.example.org", "key", "secret")
