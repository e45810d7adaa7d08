"""pyarrow's own S3 file system (the AWS SDK for C++), against the S3 protocol."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install pyarrow")

import pyarrow.dataset as ds  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from pyarrow import fs  # noqa: E402

if TYPE_CHECKING:
    from conftest import Service

ROWS = 10_000


@pytest.fixture
def files(service: Service) -> fs.S3FileSystem:
    return fs.S3FileSystem(
        endpoint_override=urlsplit(service.url).netloc,
        scheme="http",
        access_key=service.access_key_id,
        secret_key=service.secret_access_key,
        region="us-east-1",
    )


@pytest.fixture
def table() -> pyarrow.Table:
    return pyarrow.table(
        {
            "year": [2023 + i % 2 for i in range(ROWS)],
            "id": list(range(ROWS)),
            "text": [f"größer {i}" for i in range(ROWS)],
        }
    )


def test_a_partitioned_data_set_goes_out_and_comes_back(
    files: fs.S3FileSystem, bucket: str, table: pyarrow.Table
) -> None:
    folder = f"{bucket}/main/reviews"
    ds.write_dataset(
        table, folder, filesystem=files, format="parquet", partitioning=["year"], partitioning_flavor="hive"
    )
    read = ds.dataset(folder, filesystem=files, partitioning="hive").to_table(filter=ds.field("year") == 2024)
    assert read.num_rows == ROWS // 2
    found = [info.path for info in files.get_file_info(fs.FileSelector(folder, recursive=True)) if info.is_file]
    assert found == [f"{folder}/year=2023/part-0.parquet", f"{folder}/year=2024/part-0.parquet"]


def test_a_file_is_read_by_its_ranges(files: fs.S3FileSystem, bucket: str, table: pyarrow.Table) -> None:
    path = f"{bucket}/main/one.parquet"
    pq.write_table(table, path, filesystem=files, row_group_size=1_000)
    with files.open_input_file(path) as source:
        assert pq.ParquetFile(source).metadata.num_rows == ROWS
    assert pq.read_table(path, filesystem=files, columns=["id"]).column("id").to_pylist() == list(range(ROWS))


def test_a_large_file_goes_out_in_parts(files: fs.S3FileSystem, bucket: str) -> None:
    content = os.urandom(25 * 1024 * 1024 + 1)
    path = f"{bucket}/main/large"
    with files.open_output_stream(path) as out:
        out.write(content)
    assert files.get_file_info(path).size == len(content)
    with files.open_input_stream(path) as source:
        assert source.readall() == content


def test_folders_are_made_moved_and_removed(files: fs.S3FileSystem, bucket: str) -> None:
    files.create_dir(f"{bucket}/main/folder/sub")
    assert files.get_file_info(f"{bucket}/main/folder/sub").type == fs.FileType.Directory
    with files.open_output_stream(f"{bucket}/main/folder/a") as out:
        out.write(b"content")
    files.copy_file(f"{bucket}/main/folder/a", f"{bucket}/main/folder/b c")
    files.move(f"{bucket}/main/folder/b c", f"{bucket}/main/folder/c")
    files.delete_file(f"{bucket}/main/folder/c")
    files.delete_dir(f"{bucket}/main/folder")
    assert files.get_file_info(f"{bucket}/main/folder").type == fs.FileType.NotFound


def test_branches_are_the_folders_of_a_bucket(service: Service, files: fs.S3FileSystem, bucket: str) -> None:
    service.post(f"/repositories/{bucket}/branches", {"name": "dev", "source": "main"})
    with files.open_output_stream(f"{bucket}/dev/a") as out:
        out.write(b"x")
    found = files.get_file_info(fs.FileSelector(bucket))
    assert [(info.path, info.type) for info in found] == [
        (f"{bucket}/dev", fs.FileType.Directory),
        (f"{bucket}/main", fs.FileType.Directory),
    ]
    assert files.get_file_info(f"{bucket}/main/a").type == fs.FileType.NotFound


def test_a_missing_branch_is_named(files: fs.S3FileSystem, bucket: str) -> None:
    with (
        pytest.raises(OSError, match='Branch "nowhere" does not exist'),
        files.open_output_stream(f"{bucket}/nowhere/a") as out,
    ):
        out.write(b"x")
    with pytest.raises(OSError, match='no branch, tag or commit "nowhere"'):
        files.get_file_info(f"{bucket}/nowhere/a")


def test_a_branch_without_objects_has_no_key_and_takes_what_is_written(files: fs.S3FileSystem, bucket: str) -> None:
    branch = f"{bucket}/main"
    files.create_dir(branch)
    assert files.get_file_info(branch).type == fs.FileType.NotFound
    files.delete_dir_contents(branch, missing_dir_ok=True)
    with files.open_output_stream(f"{branch}/folder/file") as file:
        file.write(b"content")
    assert [info.path for info in files.get_file_info(fs.FileSelector(branch, recursive=True)) if info.is_file] == [
        f"{branch}/folder/file"
    ]
    files.delete_dir_contents(branch)
    # What pyarrow leaves to keep the folder there is no key either.
    assert files.get_file_info(fs.FileSelector(branch, allow_not_found=True)) == []
