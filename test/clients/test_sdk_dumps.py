"""Dump and restore of refs, and users, with the published lakeFS SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

lakefs = pytest.importorskip("lakefs", reason="the lakeFS SDK is not installed: pip install lakefs")

import lakefs_sdk  # noqa: E402

if TYPE_CHECKING:
    from lakefs.client import Client
    from lakefs.repository import Repository


@pytest.fixture
def filled(repository: Repository) -> Repository:
    """A repository with a merge in its history, and a tag."""
    main = repository.branch("main")
    main.object("a").upload("one")
    main.commit("first", metadata={"k": "v"})
    dev = repository.branch("dev").create("main")
    dev.object("b").upload(b"b" * 100_000, mode="wb")
    dev.commit("second")
    dev.merge_into(main)
    repository.tag("v1").create("main~1")
    return repository


def bare(client: Client, name: str) -> Repository:
    creation = lakefs_sdk.RepositoryCreation(name=name, storage_namespace=f"s3://example/{name}")
    client.sdk_client.repositories_api.create_repository(repository_creation=creation, bare=True)
    return lakefs.Repository(name, client=client)


def refs(repository: Repository) -> dict[str, str]:
    found = [*repository.branches(), *repository.tags()]
    return {ref.id: ref.get_commit().id for ref in found}


def history(repository: Repository) -> list[tuple[str, str, list[str]]]:
    return [(commit.id, commit.message, commit.parents) for commit in repository.ref("main").log()]


def test_a_deleted_repository_comes_back_from_its_dump(client: Client, filled: Repository) -> None:
    before = refs(filled), history(filled)
    dump = client.sdk_client.internal_api.dump_refs(filled.id)
    filled.delete()
    again = bare(client, filled.id)
    assert refs(again) == {}
    client.sdk_client.internal_api.restore_refs(filled.id, refs_restore=lakefs_sdk.RefsRestore(**dump.dict()))
    assert (refs(again), history(again)) == before
    with again.ref("v1~0").object("a").reader(mode="r") as reader:
        assert reader.read() == "one"
    with again.branch("main").object("b").reader() as reader:
        assert reader.read() == b"b" * 100_000


def test_a_dump_and_a_restore_are_tasks_to_ask_after(client: Client, filled: Repository) -> None:
    api = client.sdk_client.repositories_api
    task = api.dump_submit(filled.id)
    while not (dumped := api.dump_status(filled.id, task.id)).done:
        pass
    assert dumped.error is None
    copy = bare(client, f"{filled.id}-copy")
    restore = api.restore_submit(copy.id, refs_restore=lakefs_sdk.RefsRestore(**dumped.refs.dict()))
    while not (restored := api.restore_status(copy.id, restore.id)).done:
        pass
    assert restored.error is None
    assert (refs(copy), history(copy)) == (refs(filled), history(filled))


def test_users_are_those_who_have_keys(client: Client) -> None:
    api = client.sdk_client.auth_api
    me = api.get_current_user().user
    assert me in api.list_users().results
    made = api.create_credentials(me.id)
    assert made.access_key_id in [key.access_key_id for key in api.list_user_credentials(me.id).results]
    api.delete_credentials(me.id, made.access_key_id)
    with pytest.raises(lakefs_sdk.exceptions.NotFoundException):
        api.get_credentials(me.id, made.access_key_id)
    assert api.list_groups().results == []
    assert api.list_policies().results == []


def test_there_are_no_action_runs_and_no_pull_requests(client: Client, repository: Repository) -> None:
    assert client.sdk_client.actions_api.list_repository_runs(repository.id).results == []
    assert client.sdk_client.experimental_api.list_pull_requests(repository.id).results == []
