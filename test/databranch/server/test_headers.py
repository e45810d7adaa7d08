from __future__ import annotations

import pytest

from databranch.server.headers import guards, path_to_service, query_to_service, to_browser, to_service


def test_the_service_gets_its_own_key_and_nothing_of_jupyters_or_a_hubs() -> None:
    sent = to_service(
        [
            ("Authorization", "token jupyters"),
            ("Cookie", "_xsrf=1; username=2"),
            ("X-XSRFToken", "1"),
            ("Host", "hub.example.org"),
            ("Origin", "https://hub.example.org"),
            ("Referer", "https://hub.example.org/lab?token=secret"),
            ("X-Forwarded-Access-Token", "secret"),
            ("X-Forwarded-For", "10.0.0.1"),
            ("Connection", "keep-alive, X-Private"),
            ("X-Private", "secret"),
            ("Transfer-Encoding", "chunked"),
            ("Content-Type", "application/json"),
            ("If-None-Match", "*"),
            ("x-lakefs-meta-Owner", "me"),
        ],
        "Basic services",
    )
    assert sent == {
        "Authorization": "Basic services",
        "Content-Type": "application/json",
        "If-None-Match": "*",
        "x-lakefs-meta-Owner": "me",
    }


def test_the_browser_gets_what_describes_the_answer_and_no_login_window() -> None:
    passed = to_browser(
        [
            ("Content-Type", "text/csv"),
            ("ETag", '"1"'),
            ("Content-Range", "bytes 0-0/10"),
            ("WWW-Authenticate", "Basic"),
            ("Set-Cookie", "a=b"),
            ("Connection", "close, X-Hop"),
            ("X-Hop", "1"),
            ("Keep-Alive", "timeout=5"),
            ("Transfer-Encoding", "chunked"),
            ("Access-Control-Allow-Origin", "*"),
            ("X-Checksum-Sha256", "0a"),
        ]
    )
    assert [name for name, _ in passed] == ["Content-Type", "ETag", "Content-Range", "X-Checksum-Sha256"]


@pytest.mark.parametrize(
    "media_type", ["text/html", "image/svg+xml", "application/octet-stream", "application/pdf", ""]
)
def test_bytes_from_the_data_are_never_a_page(media_type: str) -> None:
    added = guards({"Content-Type": media_type}, "/api/v1/x/objects", "path=a%2Fb%20c.html")
    assert added["Content-Security-Policy"].startswith("sandbox;")
    assert added["X-Content-Type-Options"] == "nosniff"
    assert added["Content-Disposition"] == "attachment; filename=\"b c.html\"; filename*=UTF-8''b%20c.html"


def test_the_saved_file_may_have_any_name_and_cannot_break_out_of_the_header() -> None:
    disposition = guards({}, "/objects", "path=x%2F%22%0D%0ASet-Cookie%3A%20a%22%C3%BC.csv")["Content-Disposition"]
    assert disposition.isascii()
    assert "\r" not in disposition and "\n" not in disposition
    assert disposition == (
        "attachment; filename=\"___Set-Cookie: a__.csv\"; filename*=UTF-8''%22%0D%0ASet-Cookie%3A%20a%22%C3%BC.csv"
    )


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", "text/event-stream"])
def test_what_scripts_fetch_is_no_download(media_type: str) -> None:
    assert "Content-Disposition" not in guards({"Content-Type": media_type}, "/x", "")


@pytest.mark.parametrize(
    ("query", "passed"),
    [
        ("", ""),
        ("token=abc", ""),
        ("path=a%2Fb+c&token=abc&amount=2", "path=a%2Fb+c&amount=2"),
        ("t%6Fken=abc&_xsrf=1&no_track_activity=1", ""),
        ("after=&1700000000000", "after=&1700000000000"),
        ("path=token%3Dx", "path=token%3Dx"),
    ],
)
def test_jupyters_parameters_are_taken_out_and_the_rest_stays_byte_by_byte(query: str, passed: str) -> None:
    assert query_to_service(query) == passed


@pytest.mark.parametrize(
    "path",
    ["repositories", "repositories/a/refs/main~1/objects", "refs/a%2Fb", "refs/%C3%BC", "a/...", "a//b", "a/..b"],
)
def test_a_path_below_the_api_passes_raw(path: str) -> None:
    assert path_to_service(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../admin",
        "a/../../b",
        "a/./b",
        "%2e%2e/x",
        "a/%2E%2e",
        "a%2F..%2Fb",
        "a\\..\\b",
        "a/..%5Cb",
        "a%00",
        "a%0d%0a",
    ],
)
def test_a_path_that_may_lead_out_of_it_does_not(path: str) -> None:
    assert path_to_service(path) is None
