"""Who may pass: Jupyter's rules hold, before a byte of a body is taken."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPResponse

Visit = Callable[..., Awaitable[HTTPResponse]]


class ReadersOnly(Authorizer):
    """Lets everybody look at data branches, and nobody change them."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return (action, resource) == ("read", "databranch")


@pytest.fixture
def visit(http_server_client: Any, jp_base_url: str) -> Visit:
    """Asks without any credentials but those given."""

    async def visited(method: str, headers: dict[str, str] | None = None, query: str = "") -> HTTPResponse:
        response: HTTPResponse = await http_server_client.fetch(
            f"{jp_base_url}databranch/api/v1/repositories{query}",
            method=method,
            headers=headers or {},
            body=b"x" * 100_000 if method == "POST" else None,
            raise_error=False,
            follow_redirects=False,
        )
        return response

    return visited


@pytest.fixture
def cookies(http_server_client: Any, jp_base_url: str, jp_serverapp: Any) -> Callable[[], Awaitable[dict[str, str]]]:
    """The cookies of a browser that logged in with the token."""

    async def log_in() -> dict[str, str]:
        token = jp_serverapp.identity_provider.token
        response = await http_server_client.fetch(
            f"{jp_base_url}tree?token={token}", follow_redirects=False, raise_error=False
        )
        pairs = (cookie.split(";")[0].split("=", 1) for cookie in response.headers.get_list("Set-Cookie"))
        return dict(pairs)

    return log_in


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_who_is_not_logged_in_reaches_nothing(visit: Visit, recorder: Any, method: str) -> None:
    response = await visit(method)
    assert response.code == 403
    assert "message" in json.loads(response.body)
    assert recorder.requests == []


async def test_a_wrong_token_is_no_login(visit: Visit, recorder: Any) -> None:
    assert (await visit("GET", {"Authorization": "token wrong"})).code == 403
    assert (await visit("GET", query="?token=wrong")).code == 403
    assert recorder.requests == []


async def test_jupyters_token_opens_and_the_services_key_does_not(
    visit: Visit, recorder: Any, jp_auth_header: dict[str, str]
) -> None:
    assert (await visit("POST", jp_auth_header)).code == 200
    assert (await visit("POST", {"Authorization": recorder.endpoint.authorization})).code == 403
    assert len(recorder.requests) == 1


async def test_a_form_on_another_site_cannot_use_the_browsers_login(visit: Visit, recorder: Any, cookies: Any) -> None:
    jar = await cookies()
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
    assert (await visit("GET", cookie)).code == 200, "the browser is logged in"
    recorder.requests.clear()
    assert (await visit("POST", cookie)).code == 403, "without the XSRF token"
    elsewhere = {**cookie, "Origin": "https://evil.example.org", "X-XSRFToken": jar["_xsrf"]}
    assert (await visit("POST", elsewhere)).code in (403, 404), "from another origin"
    assert (await visit("GET", {**cookie, "Origin": "https://evil.example.org"})).code == 404
    assert recorder.requests == []
    assert (await visit("POST", {**cookie, "X-XSRFToken": jar["_xsrf"]})).code == 200, "JupyterLab itself"


class TestWithAnAuthorizer:
    @pytest.fixture
    def jp_server_config(self) -> dict[str, Any]:
        return {
            "ServerApp": {"jpserver_extensions": {"databranch": True}, "authorizer_class": ReadersOnly},
        }

    async def test_it_decides_by_resource_and_action(
        self, visit: Visit, recorder: Any, jp_auth_header: dict[str, str]
    ) -> None:
        # Twice, and reading first: what is allowed once must not be remembered for another method.
        for _ in range(2):
            assert (await visit("GET", jp_auth_header)).code == 200
            refused = await visit("POST", jp_auth_header)
            assert refused.code == 403
            assert json.loads(refused.body)["message"] == "You are not allowed to write data branches."
        assert {sent.method for sent in recorder.requests} == {"GET"}
