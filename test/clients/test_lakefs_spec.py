"""lakefs-spec: the file system that fsspec puts below ``lakefs://``, over the REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

lakefs_spec = pytest.importorskip("lakefs_spec", reason="lakefs-spec is not installed: pip install lakefs-spec")

if TYPE_CHECKING:
    from conftest import Service
    from lakefs.repository import Repository


@pytest.fixture
def files(service: Service) -> Any:
    # Its "create_branch_ok" would hide a branch that is missing.
    return lakefs_spec.LakeFSFileSystem(
        host=service.url,
        username=service.access_key_id,
        password=service.secret_access_key,
        create_branch_ok=False,
        skip_instance_cache=True,
    )


@pytest.mark.parametrize("presign", [False, True])
def test_files_are_written_read_listed_and_removed(files: Any, repository: Repository, presign: bool) -> None:
    root = f"lakefs://{repository.id}/main"
    with files.open(f"{root}/a/ü +&.csv", "wb", pre_sign=presign) as file:
        file.write(b"id\n1\n")
    with files.open(f"{root}/a/ü +&.csv", "rb", pre_sign=presign) as file:
        file.seek(3)
        assert file.read() == b"1\n"
    files.cp_file(f"{root}/a/ü +&.csv", f"{root}/a/copy.csv")
    assert [info["name"] for info in files.ls(f"{root}/a/", refresh=True)] == [
        f"{repository.id}/main/a/copy.csv",
        f"{repository.id}/main/a/ü +&.csv",
    ]
    files.rm(f"{root}/a/", recursive=True)
    assert not files.exists(f"{root}/a/copy.csv")


def test_it_holds_nothing_back_from_a_service_of_this_version(files: Any, repository: Repository) -> None:
    path = f"lakefs://{repository.id}/main/empty"
    files.touch(path)
    assert files.info(path)["size"] == 0


def test_a_transaction_commits_and_merges(files: Any, repository: Repository) -> None:
    with files.transaction(repository.id, "main") as transaction:
        files.pipe_file(f"lakefs://{repository.id}/{transaction.branch.id}/new", b"1")
        transaction.commit(message="In a transaction")
    assert files.cat_file(f"lakefs://{repository.id}/main/new") == b"1"
    assert list(repository.branch("main").uncommitted()) == []


def test_what_is_missing_is_a_file_that_is_not_found(files: Any, repository: Repository) -> None:
    with pytest.raises(FileNotFoundError):
        files.cat_file(f"lakefs://{repository.id}/main/none")
    with pytest.raises(FileNotFoundError):
        files.pipe_file(f"lakefs://{repository.id}/nowhere/new", b"1")
