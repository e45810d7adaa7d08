from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web

import databranch
from databranch import current
from databranch.connection import Connection
from databranch.endpoint import Endpoint
from databranch.errors import ApiError, NotChosen
from databranch.lakectl import point_lakectl_at


@pytest.fixture
def elsewhere(service: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """The environment names the running service."""
    monkeypatch.setenv("DATABRANCH_ENDPOINT", service.endpoint.url)
    monkeypatch.setenv("DATABRANCH_ACCESS_KEY_ID", service.endpoint.access_key_id)
    monkeypatch.setenv("DATABRANCH_SECRET_ACCESS_KEY", service.endpoint.secret_access_key)
    return service


@pytest.fixture
def repositories(recorder: Any) -> Any:
    """A service that has the repositories with the names it is given, each with branches of every name."""

    def has(*names: str) -> None:
        async def answer(request: web.Request) -> web.Response:
            parts = request.path.removeprefix("/api/v1/repositories").strip("/").split("/")
            if parts == [""]:
                found = [{"id": name, "default_branch": "main"} for name in names]
                rest = {"has_more": False, "next_offset": "", "results": len(found), "max_per_page": 1000}
                return web.json_response({"results": found, "pagination": rest})
            if parts[0] not in names:
                return web.json_response({"message": f"There is no repository {parts[0]}."}, status=404)
            return web.json_response({"id": parts[-1], "default_branch": "main", "commit_id": "0"})

        recorder.answer = answer

    return has


def test_the_only_repository_is_the_current_one(repositories: Any) -> None:
    repositories("reviews")
    assert databranch.branch.path == "reviews/main"


def test_of_several_the_tutorials_is_the_first_one(repositories: Any) -> None:
    repositories("a", "quickstart", "z")
    assert databranch.branch.path == "quickstart/main"


def test_of_several_others_one_has_to_be_chosen(repositories: Any) -> None:
    repositories("a", "b")
    with pytest.raises(NotChosen, match="several repositories: a, b. Choose one: %branch --repo NAME"):
        current.current_branch()
    assert databranch.use(repository="b").path == "b/main"
    assert databranch.use("dev").path == "b/dev", "the repository stays"


def test_where_there_is_none_it_is_said_how_to_make_one(repositories: Any) -> None:
    repositories()
    with pytest.raises(NotChosen, match="no repository yet"):
        current.current_branch()


def test_the_environment_may_name_the_first_one(repositories: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    repositories("a", "b")
    monkeypatch.setenv("DATABRANCH_REPOSITORY", "b")
    monkeypatch.setenv("DATABRANCH_BRANCH", "nightly")
    assert databranch.branch.path == "b/nightly"
    monkeypatch.setenv("DATABRANCH_REPOSITORY", "c")
    current.forget()
    with pytest.raises(ApiError, match="no repository c"):
        current.current_branch()


def test_a_switch_that_fails_leaves_the_branch_as_it_was(elsewhere: Connection) -> None:
    made = elsewhere.create_repository(f"test-{uuid4().hex[:8]}")
    databranch.use(repository=made.name)
    with pytest.raises(ApiError, match="nowhere"):
        databranch.use("nowhere")
    assert databranch.branch.name == "main"


def test_who_listens_is_told_of_every_switch_until_they_stop(repositories: Any) -> None:
    repositories("a")
    seen: list[str] = []
    stop = current.on_change(lambda branch: seen.append(branch.name))
    databranch.use("one")
    databranch.use("two")
    stop()
    stop()
    databranch.use("three")
    assert seen == ["one", "two"]


def test_a_process_has_one_connection_until_it_asks_for_another(elsewhere: Connection, recorder: Any) -> None:
    first = databranch.connect()
    assert databranch.connect() is first
    other = databranch.connect("http://127.0.0.1:1/api/v1", "k", "s")
    assert databranch.connect() is other
    assert other.endpoint.url == "http://127.0.0.1:1"


def test_looking_at_the_branch_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "open_connection", lambda *_: pytest.fail("a connection was opened"))
    assert current.chosen_branch() is None
    assert not hasattr(databranch, "no_such_name")


def test_lakefs_clients_follow_a_service_that_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    point_lakectl_at(Endpoint("http://127.0.0.1:1", "k", "s"))
    point_lakectl_at(Endpoint("http://127.0.0.1:2", "k", "s"))
    assert os.environ["LAKECTL_SERVER_ENDPOINT_URL"] == "http://127.0.0.1:2"
    monkeypatch.setenv("LAKECTL_SERVER_ENDPOINT_URL", "https://lakefs.example.org")
    point_lakectl_at(Endpoint("http://127.0.0.1:3", "k", "s"))
    assert os.environ["LAKECTL_SERVER_ENDPOINT_URL"] == "https://lakefs.example.org"
