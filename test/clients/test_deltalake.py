"""delta-rs: Delta tables over the Rust crate ``object_store``, whose writers agree by conditional writes alone."""

from __future__ import annotations

import json
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

deltalake = pytest.importorskip("deltalake", reason="delta-rs is not installed: pip install deltalake")
pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install pyarrow")

if TYPE_CHECKING:
    from conftest import Service

WRITERS = 4
APPENDS = 5


@pytest.fixture
def options(service: Service) -> dict[str, str]:
    return {
        "aws_access_key_id": service.access_key_id,
        "aws_secret_access_key": service.secret_access_key,
        "aws_endpoint_url": service.url,
        "aws_region": "us-east-1",
        "aws_allow_http": "true",
        "aws_conditional_put": "etag",
    }


def test_no_append_of_writers_beside_each_other_is_lost(bucket: str, options: dict[str, str]) -> None:
    address = f"s3://{bucket}/main/table"
    deltalake.write_deltalake(address, pa.table({"writer": [-1]}), storage_options=options)

    def append(writer: int) -> None:
        for _ in range(APPENDS):
            rows = pa.table({"writer": [writer]})
            deltalake.write_deltalake(address, rows, mode="append", storage_options=options)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(append, range(WRITERS)))
    table = deltalake.DeltaTable(address, storage_options=options)
    assert table.version() == WRITERS * APPENDS
    found = table.to_pyarrow_table()["writer"].to_pylist()
    assert sorted(found) == [-1, *sorted(list(range(WRITERS)) * APPENDS)]


#: Z85, in which a log writes bytes.
BASE85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def base85(data: bytes) -> str:
    padded = data + bytes(-len(data) % 4)
    words = [int.from_bytes(padded[i : i + 4], "big") for i in range(0, len(padded), 4)]
    return "".join(BASE85[word // 85**power % 85] for word in words for power in range(4, -1, -1))


def vector(rows: list[int]) -> bytes:
    """Rows below 65,536 as one array (Delta Transaction Log Protocol, "Deletion Vector Format")."""
    bitmap = struct.pack("<IIHHI", 12346, 1, 0, len(rows) - 1, 16) + struct.pack(f"<{len(rows)}H", *rows)
    return struct.pack("<IQI", 1681511377, 1, 0) + bitmap


@pytest.mark.parametrize("inline", [True, False], ids=["in the log", "in a file"])
def test_rows_that_a_deletion_vector_deletes_are_gone_for_delta_rs_and_for_databranch(
    service: Service, bucket: str, options: dict[str, str], inline: bool
) -> None:
    fs = pytest.importorskip("pyarrow.fs")
    files = fs.S3FileSystem(
        endpoint_override=urlsplit(service.url).netloc,
        scheme="http",
        access_key=service.access_key_id,
        secret_key=service.secret_access_key,
        region="us-east-1",
    )
    address = f"s3://{bucket}/main/table"
    deltalake.write_deltalake(address, pa.table({"id": list(range(100))}), storage_options=options)
    service.post(f"/repositories/{bucket}/branches/main/commits", {"message": "whole"})
    deleted = [0, 3, 17, 99]
    data = vector(deleted)
    described: dict[str, Any] = {"sizeInBytes": len(data), "cardinality": len(deleted)}
    if inline:
        described |= {"storageType": "i", "pathOrInlineDv": base85(data)}
    else:
        uuid = UUID("d2c639aa-8816-431a-aaf6-d3fe2512ff61")
        described |= {"storageType": "u", "pathOrInlineDv": base85(uuid.bytes), "offset": 1}
        with files.open_output_stream(f"{bucket}/main/table/deletion_vector_{uuid}.bin") as file:
            framed = struct.pack(">I", len(data)) + data + struct.pack(">I", zlib.crc32(data))
            file.write(b"\x01" + framed)
    with files.open_input_stream(f"{bucket}/main/table/_delta_log/{0:020}.json") as log:
        actions = [json.loads(line) for line in log.read().decode().splitlines()]
    (add,) = [action["add"] for action in actions if "add" in action]
    features = {"readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
    commit = [
        {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, **features}},
        {"remove": {"path": add["path"], "deletionTimestamp": 0, "dataChange": True}},
        {"add": {**add, "deletionVector": described}},
    ]
    with files.open_output_stream(f"{bucket}/main/table/_delta_log/{1:020}.json") as log:
        log.write("".join(json.dumps(action) + "\n" for action in commit).encode())

    table = deltalake.DeltaTable(address, storage_options=options)
    query = deltalake.QueryBuilder().register("t", table).execute("SELECT id FROM t ORDER BY id")
    left = pa.table(query.read_all())["id"].to_pylist()
    assert left == [row for row in range(100) if row not in deleted]
    diff = service.get(f"/databranch/repositories/{bucket}/refs/main@/rowdiff/main?path=table")
    assert [int(row["left"][0]) for row in diff["results"]] == deleted
    assert (diff["removed_rows"], diff["added_rows"]) == (len(deleted), 0)
