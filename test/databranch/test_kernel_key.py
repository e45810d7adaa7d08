"""A key of the kernel's own in the place of the owner's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from databranch.client import Client, FixedEndpoint
from databranch.connection import Connection
from databranch.endpoint import Endpoint
from databranch.errors import ServiceUnavailable
from databranch.kernel_key import KernelKey
from databranch.lease import LeasedService


class Moving:
    """A source whose service becomes another one."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.now = endpoint

    def endpoint(self, lost: Endpoint | None = None) -> Endpoint:
        return self.now

    def close(self) -> None:
        pass


def kernels(service: Connection) -> list[str]:
    return [key["access_key_id"] for key in service.client.get("databranch/keys")["results"] if "kernel" in key]


def test_it_is_made_once_listed_with_its_label_and_ends_when_closed(service: Connection) -> None:
    key = KernelKey(FixedEndpoint(service.endpoint), "work.ipynb")
    used = key.endpoint()
    assert used == key.endpoint() != service.endpoint
    assert used.url == service.endpoint.url and key.access_key_id == used.access_key_id
    assert Client(key).get("user") == service.client.get("user"), "the same user, for whom it acts"
    assert used.access_key_id in kernels(service)
    key.close()
    assert used.access_key_id not in kernels(service)


def test_a_service_without_such_keys_is_spoken_to_with_the_owners(recorder: Any) -> None:
    async def refuse(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"message": "no such route"}, status=404)

    recorder.answer = refuse
    key = KernelKey(FixedEndpoint(recorder.endpoint), "")
    assert key.endpoint() == recorder.endpoint == key.endpoint()
    assert key.access_key_id is None
    assert len(recorder.requests) == 1


def test_another_store_behind_it_gets_another_key(service: Connection, data_folder: Path) -> None:
    other = LeasedService(data_folder)
    source = Moving(service.endpoint)
    key = KernelKey(source, "")
    first = key.endpoint()
    source.now = other.endpoint()
    second = key.endpoint()
    assert Client(FixedEndpoint(second)).get("user") and second.access_key_id != first.access_key_id
    other.close()


def test_closing_never_fails_nor_starts_a_service(service: Connection) -> None:
    source = Moving(service.endpoint)
    key = KernelKey(source, "")
    key.endpoint()
    source.now = Endpoint("http://127.0.0.1:1", service.endpoint.access_key_id, service.endpoint.secret_access_key)
    key.endpoint()
    key.close()
    with pytest.raises(ServiceUnavailable):
        Client(source).get("user")
