"""s3fs: the file system that fsspec, pandas and Dask put below ``s3://``."""

from __future__ import annotations

from typing import Any

import pytest

#: The least that a part may have.
PART = 5 * 2**20


@pytest.fixture
def files(storage_options: dict[str, str]) -> Any:
    import s3fs

    return s3fs.S3FileSystem(**storage_options, skip_instance_cache=True)


@pytest.mark.parametrize("size", [1, 2 * PART + 1], ids=["whole", "in parts"])
def test_a_file_is_made_once_where_that_is_asked_for(files: Any, bucket: str, size: int) -> None:
    path = f"{bucket}/main/once"
    files.pipe_file(path, b"1" * size, mode="create", chunksize=PART)
    with pytest.raises(FileExistsError):
        files.pipe_file(path, b"2" * size, mode="create", chunksize=PART)
    assert files.cat_file(path) == b"1" * size
    assert not files.list_multipart_uploads(bucket)


def test_a_file_that_changes_while_it_is_read_is_told(files: Any, bucket: str) -> None:
    from s3fs.utils import FileExpired

    path = f"{bucket}/main/changing"
    files.pipe_file(path, b"before")
    with files.open(path, "rb") as file:
        files.pipe_file(path, b"afterwards")
        with pytest.raises(FileExpired):
            file.read()


def test_folders_are_walked_copied_and_removed(files: Any, bucket: str) -> None:
    root = f"{bucket}/main"
    paths = ["a/b/one", "a/b/ü +&%41.csv", "a/two"]
    files.pipe({f"{root}/{path}": path.encode() for path in paths})
    assert sorted(files.find(f"{root}/a")) == sorted(f"{root}/{path}" for path in paths)
    assert files.glob(f"{root}/a/**/*.csv") == [f"{root}/a/b/ü +&%41.csv"]
    files.copy(f"{root}/a/", f"{root}/c/", recursive=True)
    assert files.cat_file(f"{root}/c/b/ü +&%41.csv") == "a/b/ü +&%41.csv".encode()
    files.rm(f"{root}/a", recursive=True)
    assert not files.exists(f"{root}/a")
    assert files.isdir(f"{root}/c/b")
