"""Jupyter's own fixtures, for the tests in this folder only: they bring an event loop for every test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403
from tornado.httpclient import HTTPResponse

from databranch.server.upstream import Upstream

Ask = Callable[..., Awaitable[HTTPResponse]]


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ServerApp": {"jpserver_extensions": {"databranch": True, "jupyter_server_terminals": True}}}


@pytest.fixture
def upstream(jp_serverapp: Any) -> Upstream:
    """The extension's way to the service."""
    found: Upstream = jp_serverapp.web_app.settings["databranch_upstream"]
    return found


@pytest.fixture(autouse=True)
def _closed_at_the_end(jp_serverapp: Any, jp_asyncio_loop: Any) -> Any:
    yield
    upstream = jp_serverapp.web_app.settings.get("databranch_upstream")
    if upstream is not None:
        jp_asyncio_loop.run_until_complete(upstream.close())


@pytest.fixture
def ask(http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str]) -> Ask:
    """Asks below ``…/databranch/`` with a raw path, as somebody who is logged in; never raises for a status."""

    async def asked(path: str, method: str = "GET", headers: dict[str, str] | None = None, **more: Any) -> HTTPResponse:
        more.setdefault("request_timeout", 60)
        if method in ("POST", "PUT", "PATCH"):
            more.setdefault("body", b"")
        response: HTTPResponse = await http_server_client.fetch(
            f"{jp_base_url}databranch/{path}",
            method=method,
            headers={**jp_auth_header, **(headers or {})},
            follow_redirects=False,
            allow_nonstandard_methods=True,
            decompress_response=False,
            raise_error=False,
            **more,
        )
        return response

    return asked
