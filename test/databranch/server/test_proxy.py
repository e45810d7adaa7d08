"""What passes between browser and service, against a server that writes down what it is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web
from tornado.httputil import HTTPHeaders
from tornado.simple_httpclient import HTTPStreamClosedError

from databranch.endpoint import Endpoint


def json_of(response: Any) -> Any:
    return json.loads(response.body)


async def test_a_request_goes_to_the_service_with_its_key(ask: Any, recorder: Any) -> None:
    response = await ask("api/v1/repositories?amount=2")
    assert (response.code, json_of(response)) == (200, {"message": "recorded"})
    sent = next(request for request in recorder.requests if "lease" not in request.target)
    assert (sent.method, sent.target) == ("GET", "/api/v1/repositories?amount=2")
    assert sent.headers["authorization"] == recorder.endpoint.authorization
    assert sent.headers["host"] == recorder.endpoint.url.removeprefix("http://")


async def test_jupyters_credentials_stay_with_jupyter(ask: Any, recorder: Any, jp_serverapp: Any) -> None:
    token = jp_serverapp.identity_provider.token
    await ask(f"api/v1/x?token={token}&path=a", headers={"Cookie": f"_xsrf=1; token={token}", "X-XSRFToken": token})
    (sent,) = recorder.requests
    assert token not in json.dumps([sent.target, sent.headers])
    assert "cookie" not in sent.headers
    assert sent.target == "/api/v1/x?path=a"


async def test_names_stay_encoded_as_they_came(ask: Any, recorder: Any) -> None:
    await ask("api/v1/repositories/r/refs/feature%2Fa~1/objects?path=a%2Fb%20c%2B")
    assert recorder.requests[0].target == "/api/v1/repositories/r/refs/feature%2Fa~1/objects?path=a%2Fb%20c%2B"


@pytest.mark.parametrize(
    "path",
    [
        "api/v1/../metrics",
        "api/v1/%2e%2e/metrics",
        "api/v1/a%2F..%2F..%2Fb",
        "api/v1/..%5Cx",
        "api/v2/x",
        "metrics",
    ],
)
async def test_no_path_leads_out_of_the_api(ask: Any, recorder: Any, path: str) -> None:
    assert (await ask(path)).code in (400, 404)
    assert recorder.requests == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_every_method_passes_with_its_body(ask: Any, recorder: Any, method: str) -> None:
    response = await ask("api/v1/x", method, {"Content-Type": "application/json"}, body=b'{"a": 1}')
    assert response.code == 200
    (sent,) = recorder.requests
    assert (sent.method, sent.body, sent.headers["content-type"]) == (method, b'{"a": 1}', "application/json")
    assert sent.headers["content-length"] == "8"


async def test_a_request_without_a_body_has_none(ask: Any, recorder: Any) -> None:
    await ask("api/v1/x", "DELETE", body=None)
    await ask("api/v1/x", "POST", body=b"")
    assert [(sent.method, sent.body) for sent in recorder.requests] == [("DELETE", b""), ("POST", b"")]
    assert all("transfer-encoding" not in sent.headers for sent in recorder.requests)


async def test_a_question_for_jupyter_itself_is_not_forwarded(ask: Any, recorder: Any) -> None:
    assert (await ask("api/v1/x", "OPTIONS", body=None)).code in (200, 204)
    assert recorder.requests == []


async def test_nothing_is_asked_for_that_the_browser_did_not_ask_for(ask: Any, recorder: Any) -> None:
    await ask("api/v1/x")
    assert not {"user-agent", "accept-encoding", "content-type"} & set(recorder.requests[0].headers)


async def test_status_and_headers_of_the_answer_come_through(ask: Any, recorder: Any) -> None:
    async def answer(request: web.Request) -> web.Response:
        headers = {
            "ETag": '"0a"',
            "Content-Range": "bytes 0-3/10",
            "Accept-Ranges": "bytes",
            "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT",
            "Set-Cookie": "a=b",
            "WWW-Authenticate": "Basic",
        }
        return web.Response(status=206, body=b"four", headers=headers, content_type="text/csv")

    recorder.answer = answer
    response = await ask("api/v1/objects?path=a/b.csv", headers={"Range": "bytes=0-3", "If-Match": '"0a"'})
    assert (response.code, response.body) == (206, b"four")
    for name, value in (("ETag", '"0a"'), ("Content-Range", "bytes 0-3/10"), ("Content-Length", "4")):
        assert response.headers.get_list(name) == [value]
    assert response.headers["Content-Type"].startswith("text/csv")
    assert "WWW-Authenticate" not in response.headers
    assert "a=b" not in response.headers.get("Set-Cookie", "")
    assert recorder.requests[0].headers["range"] == "bytes=0-3"
    assert recorder.requests[0].headers["if-match"] == '"0a"'


async def test_bytes_of_objects_are_a_download_in_a_sandbox(ask: Any, recorder: Any) -> None:
    async def page(_: web.Request) -> web.Response:
        headers = {"Content-Disposition": "inline", "Content-Security-Policy": "default-src *"}
        return web.Response(text="<script>", content_type="text/html", headers=headers)

    recorder.answer = page
    headers: HTTPHeaders = (await ask("api/v1/objects?path=x.html")).headers
    assert [csp.split(";")[0] for csp in headers.get_list("Content-Security-Policy")] == ["sandbox"]
    assert headers.get_list("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_list("Content-Disposition") == ["attachment; filename=\"x.html\"; filename*=UTF-8''x.html"]


async def test_an_answer_is_not_compressed_on_the_way(ask: Any, recorder: Any) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="a,b\n" * 10_000, content_type="text/csv", headers={"ETag": '"strong"'})

    recorder.answer = answer
    response = await ask("api/v1/objects?path=x.csv", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert response.headers["ETag"] == '"strong"'
    assert response.headers["Content-Length"] == "40000"


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_stays_without(ask: Any, recorder: Any, status: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"ETag": '"0a"'})

    recorder.answer = answer
    response = await ask("api/v1/x")
    assert (response.code, response.body or b"", response.headers["ETag"]) == (status, b"", '"0a"')


async def test_head_keeps_the_length_of_what_it_does_not_send(ask: Any, recorder: Any) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(headers={"Content-Length": "12345", "ETag": '"0a"'})

    recorder.answer = answer
    response = await ask("api/v1/objects?path=x", "HEAD")
    assert (response.code, response.headers["Content-Length"], response.body or b"") == (200, "12345", b"")


async def test_a_redirect_is_the_browsers_to_follow(ask: Any, recorder: Any) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    recorder.answer = answer
    assert (await ask("api/v1/x")).code == 302
    assert len(recorder.requests) == 1


async def test_a_key_that_the_service_does_not_take_is_not_the_users_login(ask: Any, recorder: Any) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "who?"}, status=401)

    recorder.answer = refuse
    response = await ask("api/v1/x")
    assert response.code == 502
    assert "does not take this server's key" in json_of(response)["message"]


async def test_a_service_that_breaks_off_is_a_sentence(ask: Any, recorder: Any) -> None:
    async def die(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    recorder.answer = die
    response = await ask("api/v1/x")
    assert (response.code, "broke" in json_of(response)["message"]) == (502, True)


async def test_half_an_answer_does_not_look_like_a_whole_one(ask: Any, recorder: Any) -> None:
    async def die(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half of it")
        assert request.transport is not None
        request.transport.abort()
        return response

    recorder.answer = die
    with pytest.raises(HTTPStreamClosedError):
        await ask("api/v1/objects?path=x")


async def test_no_service_is_a_sentence_and_503(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRANCH_ENDPOINT", "no address")
    monkeypatch.setenv("DATABRANCH_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("DATABRANCH_SECRET_ACCESS_KEY", "s")
    response = await ask("api/v1/x", "POST", body=b"x" * 1_000_000)
    assert response.code == 503
    assert "does not start with http" in json_of(response)["message"]


async def test_a_service_that_moved_is_found(ask: Any, recorder: Any, upstream: Any) -> None:
    await upstream.endpoint()
    upstream._endpoint = Endpoint("http://127.0.0.1:1", "old", "old")
    response = await ask("api/v1/x", "POST", body=b"not lost")
    assert response.code == 200
    assert recorder.requests[-1].body == b"not lost"
