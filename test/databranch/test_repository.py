"""Repositories and branches as Python objects, without magics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from databranch.connection import Connection, FixedEndpoint
from databranch.errors import ApiError, MergeConflict
from databranch.repository import Repository


def put(repository: Repository, branch: str, path: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "content"
    file.write_text(text)
    repository.branch(branch).upload(file, path)


def test_the_story_of_a_branch(repository: Repository, tmp_path: Path) -> None:
    main = repository.branch()
    put(repository, "main", "people.csv", "a\n1\n", tmp_path)
    first = main.commit("One person", {"by": "hand"})
    branch = repository.create_branch("test-env")
    put(repository, "test-env", "people.csv", "a\n1\n2\n", tmp_path)
    assert branch.changes()[0].type == "changed"
    second = branch.commit("Another")
    assert second.parents == (first.id,)
    assert branch.diff("main").paths == ["people.csv"]
    merged = branch.merge_into("main", "Both")
    assert [commit.message for commit in main.log()][:1] == ["Both"]
    assert merged.id == main.log()[0].id
    assert repository.commit_of("main~1").metadata == {"by": "hand"}
    assert main.rowcount().rows == 2
    repository.delete_branch("test-env")
    assert list(repository.branches()) == ["main"]


def test_a_conflict_carries_its_paths(repository: Repository, tmp_path: Path) -> None:
    for branch in ("left", "right"):
        repository.create_branch(branch)
        put(repository, branch, "both.txt", branch, tmp_path)
        put(repository, branch, f"{branch}.txt", branch, tmp_path)
        repository.branch(branch).commit(branch)
    with pytest.raises(MergeConflict) as caught:
        repository.merge("right", "left")
    assert (caught.value.paths, caught.value.more, caught.value.status) == (["both.txt"], False, 409)
    assert repository.merge("right", "left", strategy="dest-wins").id


def test_what_there_is_already_and_what_is_not_there_is_refused(service: Connection, repository: Repository) -> None:
    with pytest.raises(ApiError) as taken:
        service.create_repository(repository.name)
    assert taken.value.status == 409
    with pytest.raises(ApiError) as absent:
        repository.branch("nowhere")
    assert absent.value.status == 404
    with pytest.raises(ApiError, match="commit"):
        repository.branch().commit("nothing")
    assert repository.branch().commit("nothing", allow_empty=True).message == "nothing"


def test_a_cut_listing_says_that_there_is_more(repository: Repository, tmp_path: Path) -> None:
    for number in range(5):
        put(repository, "main", f"{number}.txt", "x", tmp_path)
    found = repository.changes("main", limit=3)
    assert (found.paths, found.more) == (["0.txt", "1.txt", "2.txt"], True)
    assert str(found).splitlines()[-1] == "At least 3 objects uncommitted on main: 3 added."
    assert not repository.changes("main", limit=5).more


def rows_page(first: int, more: bool) -> dict[str, Any]:
    datasets = [{"path": f"d{number}/", "rows": 1, "files": 1} for number in range(first, first + 2)]
    rest = {"has_more": more, "next_offset": f"d{first + 1}/", "results": 2, "max_per_page": 2}
    return {"rows": 4, "files": 4, "datasets": datasets, "pagination": rest}


@pytest.fixture
def counting(recorder: Any) -> Repository:
    """A repository on a server that counts in two pages, with progress when asked."""

    async def count(request: web.Request) -> web.StreamResponse:
        page = rows_page(2, more=False) if request.query["after"] else rows_page(0, more=True)
        if request.headers["Accept"] != "text/event-stream":
            return web.json_response(page)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if request.query["path"] == "broken/":
            error = {"status": 500, "message": "The engine ran out of memory."}
            await response.write(f"event: error\ndata: {json.dumps(error)}\n\n".encode())
        elif request.query["path"] != "cut/":
            await response.write(b'event: progress\ndata: {"files_done": 3, "files_total": 4}\n\n')
            await response.write(f"event: result\ndata: {json.dumps(page)}\n\n".encode())
        return response

    recorder.answer = count
    return Repository("r", "main", Connection(FixedEndpoint(recorder.endpoint)))


def test_all_pages_of_a_count_are_one_answer(counting: Repository) -> None:
    counted = counting.rowcount("main")
    assert [found["path"] for found in counted.datasets] == ["d0/", "d1/", "d2/", "d3/"]
    assert counted.result["pagination"]["results"] == 4
    assert not counted.result["pagination"]["has_more"]


def test_a_count_tells_how_far_it_is(counting: Repository) -> None:
    told: list[tuple[int, int]] = []
    counted = counting.rowcount("main", progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 4), (3, 4)]
    assert len(counted.datasets) == 4


def test_a_count_that_fails_midway_says_why(counting: Repository) -> None:
    with pytest.raises(ApiError, match="The engine ran out of memory"):
        counting.rowcount("main", "broken/", lambda *_: None)
    with pytest.raises(ApiError, match="without a result"):
        counting.rowcount("main", "cut/", lambda *_: None)
