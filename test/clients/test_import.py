"""Local folders imported with the published lakeFS Python SDK, unchanged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

lakefs = pytest.importorskip("lakefs", reason="the lakeFS SDK is not installed: pip install lakefs")

from lakefs.client import Client  # noqa: E402
from lakefs.exceptions import (  # noqa: E402
    BadRequestException,
    ConflictException,
    ForbiddenException,
    ImportManagerException,
    NotFoundException,
    ServerException,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Service
    from lakefs.branch import Branch

SOON = timedelta(milliseconds=50)


@pytest.fixture
def main(service: Service, repository_name: str) -> Branch:
    client = Client(host=service.url, username=service.access_key_id, password=service.secret_access_key)
    repository = lakefs.Repository(repository_name, client=client)
    return repository.create(storage_namespace=f"s3://example/{repository_name}").branch("main")


@pytest.fixture
def source(import_root: Path, repository_name: str) -> Path:
    """A folder with files to import."""
    folder = import_root / repository_name
    (folder / "year=2024").mkdir(parents=True)
    (folder / "a.csv").write_text("id\n1\n")
    (folder / "year=2024" / "b.csv").write_text("id\n2\n")
    return folder


def test_a_client_learns_that_folders_can_be_imported(main: Branch, source: Path) -> None:
    config = main._client.storage_config
    assert config.import_support
    assert config.import_validity_regex


def test_a_folder_and_a_file_become_one_commit(main: Branch, source: Path) -> None:
    manager = main.import_data(commit_message="Raw data", metadata={"source": "disk"})
    manager.prefix(f"local://{source}/", destination="data/").object(
        f"local://{source}/a.csv", destination="one.csv"
    )
    status = manager.run(poll_interval=SOON)
    assert status.completed
    assert status.ingested_objects == 3
    assert status.error is None
    head = main.get_commit()
    assert status.commit.id == head.id
    assert status.metarange_id == head.meta_range_id
    assert (head.message, head.metadata) == ("Raw data", {"source": "disk"})
    assert [item.path for item in main.objects()] == ["data/a.csv", "data/year=2024/b.csv", "one.csv"]
    assert main.object("data/year=2024/b.csv").reader(mode="r").read() == "id\n2\n"
    assert main.object("one.csv").stat().size_bytes == 5
    assert manager.status().completed
    with pytest.raises(ConflictException):
        manager.cancel()


def test_a_message_is_made_where_none_is_given(main: Branch, source: Path) -> None:
    status = main.import_data().prefix(f"local://{source}/", destination="").run(poll_interval=SOON)
    assert str(source) in status.commit.message


def test_an_import_can_be_cancelled_and_is_whole_or_not_at_all(main: Branch, source: Path) -> None:
    for number in range(2_000):
        (source / f"{number}.csv").write_text("id\n")
    before = main.get_commit().id
    manager = main.import_data().prefix(f"local://{source}/", destination="")
    manager.start()
    with pytest.raises(ImportManagerException):
        manager.start()
    try:
        manager.cancel()
    except ConflictException:
        assert len(list(main.objects())) == 2_002
        return
    status = manager.status()
    assert not status.completed
    assert "Canceled" in status.error.message
    assert main.get_commit().id == before
    assert list(main.objects()) == []


def test_what_cannot_be_imported_is_refused(main: Branch, source: Path) -> None:
    def start(path: str) -> None:
        main.import_data().prefix(path, destination="").start()

    with pytest.raises(ForbiddenException, match="--import-root"):
        start("local:///etc/")
    with pytest.raises(BadRequestException):
        start(f"local://{source}/nothing/")
    with pytest.raises(BadRequestException):
        start("s3://bucket/prefix/")
    with pytest.raises(NotFoundException):
        lakefs.Branch(main.repo_id, "none", client=main._client).import_data().prefix(
            f"local://{source}/", destination=""
        ).start()


def test_what_fails_later_is_told_by_who_waits(main: Branch, source: Path) -> None:
    (source / "link").symlink_to("nowhere")
    with pytest.raises(ImportManagerException, match="leads to nothing"):
        main.import_data().prefix(f"local://{source}/", destination="").run(poll_interval=SOON)


def test_a_file_that_has_changed_is_refused_by_name(main: Branch, source: Path) -> None:
    main.import_data().object(f"local://{source}/a.csv", destination="a.csv").run(poll_interval=SOON)
    assert main.object("a.csv").reader(mode="r").read() == "id\n1\n"
    (source / "a.csv").write_text("id\n1\n2\n")
    with pytest.raises((ConflictException, ServerException), match="a.csv"):
        main.object("a.csv").reader(mode="r").read()
