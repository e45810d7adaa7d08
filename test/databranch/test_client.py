from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from databranch.client import Client, api_path
from databranch.connection import FixedEndpoint
from databranch.endpoint import Endpoint
from databranch.errors import ApiError, ServiceUnavailable


@pytest.fixture
def client(recorder: Any) -> Client:
    return Client(FixedEndpoint(recorder.endpoint))


def test_names_may_hold_any_character() -> None:
    assert api_path("refs", "a/b", "ü ~1?") == "refs/a%2Fb/%C3%BC%20~1%3F"


def test_a_request_carries_key_query_and_json(client: Client, recorder: Any) -> None:
    client.send("POST", "repositories", {"force": True, "after": "", "left_out": None, "q": "a&b c"}, {"name": "é"})
    (sent,) = recorder.requests
    assert (sent.method, sent.target) == ("POST", "/api/v1/repositories?force=true&after=&q=a%26b%20c")
    assert sent.headers["authorization"] == recorder.endpoint.authorization
    assert sent.headers["content-type"] == "application/json"
    assert json.loads(sent.body) == {"name": "é"}


def test_a_refusal_keeps_its_status_and_the_services_words(client: Client, recorder: Any) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "There is no such branch."}, status=404)

    recorder.answer = refuse
    with pytest.raises(ApiError) as caught:
        client.get("x")
    assert (caught.value.status, str(caught.value)) == (404, "There is no such branch.")


def test_a_refusal_that_is_not_of_the_service_is_a_sentence_too(client: Client, recorder: Any) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(text="<html>", status=502)

    recorder.answer = refuse
    with pytest.raises(ApiError, match="answered 502 Bad Gateway"):
        client.get("x")


def test_an_empty_answer_is_none_and_plain_text_is_text(client: Client, recorder: Any) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=204) if request.path.endswith("empty") else web.Response(text="0a1b")

    recorder.answer = answer
    assert client.get("empty") is None
    assert client.get("text") == "0a1b"


def test_pages_are_fetched_as_they_are_needed(client: Client, recorder: Any) -> None:
    async def page(request: web.Request) -> web.Response:
        first = int(request.query["after"] or 0)
        amount = int(request.query["amount"])
        found = list(range(first, min(first + min(amount, 3), 8)))
        rest = {"has_more": found[-1] < 7, "next_offset": str(found[-1] + 1), "results": len(found), "max_per_page": 3}
        return web.json_response({"pagination": rest, "results": found})

    recorder.answer = page
    assert list(client.pages("things")) == list(range(8))
    assert list(client.pages("things", limit=4)) == [0, 1, 2, 3]
    assert next(client.pages("things")) == 0
    assert len(recorder.requests) == 3 + 2 + 1


def test_events_come_as_they_are_sent_and_heartbeats_are_passed_over(client: Client, recorder: Any) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b':\n\nevent: progress\ndata: {"files_done": 1}\n\n')
        await response.write(b'event: result\r\ndata: {"rows":\r\ndata: 7}\r\n\r\n')
        return response

    recorder.answer = stream
    told = [(event.name, event.data) for event in client.events("rows")]
    assert told == [("progress", {"files_done": 1}), ("result", {"rows": 7})]
    assert recorder.requests[0].headers["accept"] == "text/event-stream"


def test_a_file_is_uploaded_as_it_is(client: Client, recorder: Any, tmp_path: Path) -> None:
    file = tmp_path / "part.bin"
    file.write_bytes(bytes(range(256)) * 10_000)
    client.upload("objects", {"path": "a/b"}, file, "application/octet-stream")
    (sent,) = recorder.requests
    assert sent.body == file.read_bytes()
    assert sent.headers["content-length"] == str(file.stat().st_size)
    assert "transfer-encoding" not in sent.headers


def test_an_upload_that_is_refused_before_it_was_read_says_why(client: Client, recorder: Any, tmp_path: Path) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "There is an object already."}, status=412)

    recorder.answer, recorder.reads = refuse, False
    file = tmp_path / "part.bin"
    file.write_bytes(bytes(30_000_000))
    with pytest.raises((ApiError, ServiceUnavailable)) as caught:
        client.upload("objects", {"path": "a"}, file, "application/octet-stream")
    assert "There is an object already." in str(caught.value)


def test_a_service_that_moved_is_asked_for_once_more(recorder: Any) -> None:
    class Moved:
        lost: list[Endpoint | None] = []  # noqa: RUF012

        def endpoint(self, lost: Endpoint | None = None) -> Endpoint:
            self.lost.append(lost)
            return Endpoint("http://127.0.0.1:1", "k", "s") if lost is None else recorder.endpoint

        def close(self) -> None:
            pass

    source = Moved()
    assert Client(source).send("POST", "commits", body={}) == {"message": "recorded"}
    assert [lost and lost.url for lost in source.lost] == [None, "http://127.0.0.1:1"]


def test_a_service_that_stays_away_is_named() -> None:
    nobody = Client(FixedEndpoint(Endpoint("http://127.0.0.1:1", "k", "s")))
    with pytest.raises(ServiceUnavailable, match=r"The service at http://127\.0\.0\.1:1 does not answer"):
        nobody.get("x")


@pytest.mark.parametrize(("method", "doubt"), [("GET", False), ("POST", True)])
def test_a_service_that_dies_over_a_request_leaves_no_false_certainty(
    client: Client, recorder: Any, method: str, doubt: bool
) -> None:
    async def die(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    recorder.answer = die
    with pytest.raises(ServiceUnavailable, match="went away before it answered") as caught:
        client.send(method, "x")
    assert ("It may have been done" in str(caught.value)) is doubt


def test_proxies_of_the_environment_are_not_asked(
    client: Client, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert client.get("x") == {"message": "recorded"}
