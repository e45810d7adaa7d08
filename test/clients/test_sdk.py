"""The story of the tutorial with the published lakeFS Python SDK, unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

lakefs = pytest.importorskip("lakefs", reason="the lakeFS SDK is not installed: pip install lakefs")

from lakefs.client import Client  # noqa: E402
from lakefs.exceptions import (  # noqa: E402
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotAuthorizedException,
    NotFoundException,
    ObjectExistsException,
    ObjectNotFoundException,
    ServerException,
    TransactionException,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conftest import Service
    from lakefs.branch import Branch
    from lakefs.repository import Repository


def paths(listing: Iterable[Any]) -> list[str]:
    return [item.path for item in listing]


def test_the_client_learns_what_the_server_is(client: Client) -> None:
    assert client.version
    assert client.storage_config.blockstore_type == "local"
    assert client.storage_config.pre_sign_support


def test_a_repository_is_created_once(client: Client, repository: Repository) -> None:
    assert repository.properties.default_branch == "main"
    assert repository.properties.storage_namespace == f"s3://example/{repository.id}"
    assert repository.metadata == {}
    with pytest.raises(ConflictException, match=repository.id):
        lakefs.Repository(repository.id, client=client).create(storage_namespace="s3://example/again")
    same = lakefs.Repository(repository.id, client=client).create("s3://example/again", exist_ok=True)
    assert same.properties.storage_namespace == f"s3://example/{repository.id}"
    assert repository.id in [found.id for found in lakefs.repositories(client=client, prefix="test-")]
    repository.delete()
    with pytest.raises(NotFoundException):
        _ = lakefs.Repository(repository.id, client=client).properties


def test_text_is_uploaded_and_read_back(main: Branch) -> None:
    main.object("greeting.txt").upload("grüezi\nzäme\n", content_type="text/plain")
    with main.object("greeting.txt").reader(mode="r") as reader:
        assert reader.read() == "grüezi\nzäme\n"
    with main.object("greeting.txt").reader(mode="r") as reader:
        assert list(reader) == ["grüezi\n", "zäme\n"]


def test_bytes_are_read_in_parts(main: Branch) -> None:
    content = bytes(range(256)) * 1000
    main.object("a/data.bin").upload(content, mode="wb")
    with main.object("a/data.bin").reader() as reader:
        assert reader.read(10) == content[:10]
        reader.seek(1000)
        assert reader.read(24) == content[1000:1024]
        reader.seek(-5, 2)
        assert reader.read() == content[-5:]
        assert reader.read(10) == b""


@pytest.mark.parametrize("path", ["a b/c+d%20e.txt", "ünï/日本.txt", "q?x=1&y=2#z", "tail/"])
def test_any_path_is_possible(main: Branch, path: str) -> None:
    main.object(path).upload("x")
    assert main.object(path).exists()
    assert paths(main.objects()) == [path]


def test_an_empty_object_is_an_object(main: Branch) -> None:
    main.object("empty").upload(b"", mode="wb")
    assert main.object("empty").stat().size_bytes == 0
    with main.object("empty").reader() as reader:
        assert reader.read(10) == b""


def test_an_object_keeps_its_metadata(main: Branch) -> None:
    written = main.object("m").upload("x", content_type="text/csv", metadata={"owner": "jo", "Run": "7"})
    stat = written.stat()
    assert stat.metadata == {"owner": "jo", "Run": "7"}
    assert stat.content_type == "text/csv"
    assert stat.size_bytes == 1
    assert stat.checksum == "9dd4e461268c8034f5c8564e155c67a6"


def test_exclusive_creation_never_replaces(main: Branch) -> None:
    main.object("once").upload("first", mode="x")
    with pytest.raises(ObjectExistsException):
        main.object("once").upload("second", mode="xb")
    # The writer looks before it opens; the server must hold the line for those who come between.
    with main.object("between").writer(mode="x") as writer:
        main.object("between").upload("other")
        writer.write("mine")
        with pytest.raises(ObjectExistsException):
            writer.close()
    with main.object("between").reader(mode="r") as reader:
        assert reader.read() == "other"


def test_what_does_not_exist_is_not_found(repository: Repository, main: Branch) -> None:
    assert not main.object("missing").exists()
    with pytest.raises(ObjectNotFoundException), main.object("missing").reader() as reader:
        reader.read()
    with pytest.raises(ObjectNotFoundException):
        main.object("missing").stat()
    with pytest.raises(NotFoundException):
        repository.branch("missing").get_commit()
    with pytest.raises(NotFoundException):
        repository.branch("new").create("missing")


def test_objects_are_copied_and_deleted(repository: Repository, main: Branch) -> None:
    main.object("from").upload("x", metadata={"k": "v"})
    copy = main.object("from").copy("main", "to")
    assert copy.stat().metadata == {"k": "v"}
    main.object("from").delete()
    assert paths(main.objects()) == ["to"]
    main.object("also").upload("x")
    main.delete_objects(["to", main.object("also"), "missing"])
    assert paths(main.objects()) == []


def test_listings_page_and_group(main: Branch) -> None:
    names = [f"many/{i:03}" for i in range(120)]
    for name in names:
        main.object(name).upload("x")
    main.object("top").upload("x")
    assert paths(main.objects(prefix="many/")) == names
    assert paths(main.objects(prefix="many/", max_amount=5, after="many/099")) == names[100:105]
    assert paths(main.objects(delimiter="/")) == ["many/", "top"]
    assert [type(item).__name__ for item in main.objects(delimiter="/")] == ["CommonPrefix", "ObjectInfo"]


def test_changes_are_committed_with_metadata(main: Branch) -> None:
    with pytest.raises(BadRequestException):
        main.commit("nothing")
    main.object("a").upload("1")
    assert [(change.type, change.path) for change in main.uncommitted()] == [("added", "a")]
    commit = main.commit("first", metadata={"notebook": "tutorial.ipynb"}).get_commit()
    assert commit.message == "first"
    assert commit.metadata == {"notebook": "tutorial.ipynb"}
    assert commit.committer
    assert list(main.uncommitted()) == []
    assert main.head.id == commit.id
    assert [entry.message for entry in main.log(max_amount=1)] == ["first"]
    assert len(list(main.log())) == 2


def test_changes_are_taken_back(main: Branch) -> None:
    main.object("kept").upload("1")
    main.commit("kept")
    for path in ("x/1", "x/2", "kept"):
        main.object(path).upload("2")
    main.reset_changes("object", "x/1")
    assert [change.path for change in main.uncommitted()] == ["kept", "x/2"]
    main.reset_changes("common_prefix", "x/")
    assert [(change.type, change.path) for change in main.uncommitted()] == [("changed", "kept")]
    main.reset_changes()
    assert list(main.uncommitted()) == []


def test_a_branch_is_isolated_until_it_is_merged(repository: Repository, main: Branch) -> None:
    main.object("data").upload("main")
    main.commit("data")
    test_env = repository.branch("test-env").create("main")
    with pytest.raises(ConflictException):
        repository.branch("test-env").create("main")
    assert {branch.id for branch in repository.branches()} == {"main", "test-env"}
    test_env.object("data").upload("changed")
    test_env.object("new").upload("new")
    with main.object("data").reader(mode="r") as reader:
        assert reader.read() == "main"
    test_env.commit("try")
    assert {(change.type, change.path) for change in main.diff(test_env)} == {("changed", "data"), ("added", "new")}
    merged = test_env.merge_into(main, message="bring it home")
    assert main.head.id == merged
    assert main.get_commit().message == "bring it home"
    with main.object("data").reader(mode="r") as reader:
        assert reader.read() == "changed"
    test_env.delete()
    assert [branch.id for branch in repository.branches()] == ["main"]


def test_a_conflict_refuses_the_merge_until_a_side_is_chosen(repository: Repository, main: Branch) -> None:
    main.object("data").upload("base")
    main.commit("base")
    dev = repository.branch("dev").create("main")
    dev.object("data").upload("dev")
    dev.commit("dev")
    main.object("data").upload("main")
    main.commit("main")
    with pytest.raises(ConflictException, match="data"):
        dev.merge_into("main")
    dev.merge_into("main", strategy="source-wins")
    with main.object("data").reader(mode="r") as reader:
        assert reader.read() == "dev"


def test_a_tag_stays_where_it_was_set(repository: Repository, main: Branch) -> None:
    main.object("a").upload("1")
    first = main.commit("first")
    tag = repository.tag("v1").create(main)
    with pytest.raises(ConflictException):
        repository.tag("v1").create(main)
    main.object("a").upload("2")
    main.commit("second")
    assert tag.get_commit().id == first.id
    with tag.object("a").reader(mode="r") as reader:
        assert reader.read() == "1"
    with repository.ref("main~1").object("a").reader(mode="r") as reader:
        assert reader.read() == "1"
    assert [found.id for found in repository.tags()] == ["v1"]
    tag.delete()
    assert list(repository.tags()) == []


def test_commits_are_reverted_and_picked(repository: Repository, main: Branch) -> None:
    main.object("a").upload("1")
    main.commit("a")
    dev = repository.branch("dev").create("main")
    main.object("b").upload("1")
    change = main.commit("b")
    picked = dev.cherry_pick(change)
    assert picked.message == "b"
    assert dev.object("b").exists()
    main.revert(change)
    assert not main.object("b").exists()


def test_a_transaction_commits_all_or_nothing(repository: Repository, main: Branch) -> None:
    with main.transact(commit_message="together", tag="done") as transaction:
        transaction.object("one").upload("1")
        transaction.object("two").upload("2")
        assert [branch.id for branch in repository.branches()] == ["main"]
    assert paths(main.objects()) == ["one", "two"]
    assert repository.tag("done").get_commit().id == main.head.id
    with pytest.raises(RuntimeError), main.transact(commit_message="never") as transaction:
        transaction.object("three").upload("3")
        raise RuntimeError
    assert paths(main.objects()) == ["one", "two"]
    with pytest.raises(TransactionException), main.transact(commit_message="nothing"):
        pass


def test_protected_and_default_branches_are_kept(client: Client, repository: Repository, main: Branch) -> None:
    rules = [lakefs.client.lakefs_sdk.BranchProtectionRule(pattern="stable*")]
    api = client.sdk_client.repositories_api
    api.set_branch_protection_rules(repository.id, branch_protection_rule=rules)
    assert [rule.pattern for rule in api.get_branch_protection_rules(repository.id)] == ["stable*"]
    stable = repository.branch("stable-1").create("main")
    with pytest.raises(ServerException):
        stable.object("a").upload("1")
    with pytest.raises(ForbiddenException):
        stable.commit("directly", allow_empty=True)
    with pytest.raises(BadRequestException, match="default branch"):
        main.delete()


def test_a_wrong_key_opens_nothing(service: Service, repository: Repository) -> None:
    stranger = Client(host=service.url, username=service.access_key_id, password="wrong")
    with pytest.raises(NotAuthorizedException):
        _ = lakefs.Repository(repository.id, client=stranger).properties
    with pytest.raises(NotAuthorizedException):
        lakefs.Repository(repository.id, client=stranger).branch("main").object("a").stat()


def test_a_login_token_is_as_good_as_a_key(service: Service, client: Client, repository: Repository) -> None:
    login = lakefs.client.lakefs_sdk.LoginInformation(
        access_key_id=service.access_key_id, secret_access_key=service.secret_access_key
    )
    token = client.sdk_client.auth_api.login(login_information=login).token
    bearer = Client(host=service.url, access_token=token)
    assert lakefs.Repository(repository.id, client=bearer).properties.id == repository.id
    assert bearer.sdk_client.auth_api.get_current_user().user.id


def test_what_cannot_be_imported_says_so(main: Branch) -> None:
    with pytest.raises(BadRequestException, match="cannot be imported"):
        main.import_data("never").prefix("s3://example/elsewhere/", destination="here/").run()
