"""Presigned addresses with the published lakeFS Python SDK: its own writer and reader, and the calls below them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

lakefs = pytest.importorskip("lakefs", reason="the lakeFS SDK is not installed: pip install lakefs")

import lakefs_sdk  # noqa: E402
from lakefs.exceptions import ObjectExistsException, ObjectNotFoundException, ServerException  # noqa: E402

if TYPE_CHECKING:
    from lakefs.branch import Branch
    from lakefs.client import Client
    from lakefs.repository import Repository

MIB = 1024 * 1024


def put(url: str, content: bytes) -> str:
    """As any program puts bytes somewhere: no key, no authorization. The ETag that comes back."""
    with urlopen(Request(url, content, method="PUT")) as answer:
        return answer.headers["ETag"]


def get(url: str) -> bytes:
    with urlopen(url) as answer:
        return answer.read()


@pytest.mark.parametrize("pre_sign", [True, False, None])
def test_what_is_written_is_read_in_either_way(main: Branch, pre_sign: bool | None) -> None:
    content = bytes(range(256)) * 5000
    target = main.object("a folder/däta+1.bin")
    with target.writer(mode="wb", pre_sign=pre_sign, content_type="text/x", metadata={"k": "v"}) as writer:
        writer.write(content[:1000])
        writer.write(content[1000:])
    stat = target.stat()
    assert (stat.size_bytes, stat.content_type, stat.metadata) == (len(content), "text/x", {"k": "v"})
    assert stat.checksum == hashlib.md5(content).hexdigest()
    for reading in (True, False):
        with target.reader(pre_sign=reading) as reader:
            assert reader.read(10) == content[:10]
            reader.seek(MIB)
            assert reader.read(MIB) == content[MIB : 2 * MIB]
            assert reader.read(1) == b""
            reader.seek(0)
            assert reader.read() == content
    assert get(target.stat(pre_sign=True).physical_address) == content


def test_an_empty_object_is_written_and_read(main: Branch) -> None:
    with main.object("empty").writer(pre_sign=True):
        pass
    assert main.object("empty").stat().size_bytes == 0
    with main.object("empty").reader(mode="r", pre_sign=True) as reader:
        assert reader.read() == ""


def test_exclusive_creation_never_replaces(main: Branch) -> None:
    with main.object("between").writer(mode="x", pre_sign=True) as writer:
        main.object("between").upload("other")
        writer.write("mine")
        with pytest.raises(ObjectExistsException):
            writer.close()
    with main.object("between").reader(mode="r", pre_sign=True) as reader:
        assert reader.read() == "other"


def test_a_protected_branch_takes_nothing(client: Client, repository: Repository) -> None:
    rules = [lakefs_sdk.BranchProtectionRule(pattern="stable*")]
    client.sdk_client.repositories_api.set_branch_protection_rules(repository.id, branch_protection_rule=rules)
    stable = repository.branch("stable").create("main")
    with pytest.raises(ServerException):
        stable.object("a").upload("1", pre_sign=True)
    assert not stable.object("a").exists()


def test_what_is_not_there_is_not_found(main: Branch) -> None:
    with pytest.raises(ObjectNotFoundException), main.object("missing").reader(pre_sign=True) as reader:
        reader.read()


def test_listings_have_addresses_that_open_by_themselves(client: Client, repository: Repository, main: Branch) -> None:
    for name in ("a/1", "a/2", "b"):
        main.object(name).upload(name)
    found = client.sdk_client.objects_api.list_objects(repository.id, "main", presign=True).results
    assert [get(entry.physical_address).decode() for entry in found] == ["a/1", "a/2", "b"]
    assert all(entry.physical_address_expiry for entry in found)


def test_an_address_is_linked_once_and_only_with_its_bytes(client: Client, repository: Repository) -> None:
    api = client.sdk_client.staging_api
    staging = api.get_physical_address(repository.id, "main", "x", presign=True)
    assert staging.presigned_url_expiry > 0
    tag = put(staging.presigned_url, b"bytes")

    def link(size: int) -> lakefs_sdk.ObjectStats:
        told = lakefs_sdk.StagingMetadata(staging=staging, checksum=tag, size_bytes=size)
        return api.link_physical_address(repository.id, "main", "x", staging_metadata=told)

    with pytest.raises(lakefs_sdk.exceptions.BadRequestException, match="5"):
        link(4)
    assert link(5).path == "x"
    with pytest.raises(lakefs_sdk.exceptions.NotFoundException):
        link(5)
    with pytest.raises(HTTPError, match="404"):
        put(staging.presigned_url, b"later")


def test_parts_are_put_to_presigned_addresses(client: Client, repository: Repository, main: Branch) -> None:
    api = client.sdk_client.experimental_api
    first = b"a" * (5 * MIB)
    main.object("source").upload(b"0123456789", mode="wb")
    upload = api.create_presign_multipart_upload(repository.id, "main", "big", parts=1)
    where = {"physical_address": upload.physical_address}
    parts = [lakefs_sdk.UploadPart(part_number=1, etag=put(upload.presigned_urls[0], first))]
    more = api.upload_part(
        repository.id, "main", upload.upload_id, "big", 2, upload_part_from=lakefs_sdk.UploadPartFrom(**where)
    )
    parts.append(lakefs_sdk.UploadPart(part_number=2, etag=put(more.presigned_url, first)))
    source = lakefs_sdk.CopyPartSource(repository=repository.id, ref="main", path="source", range="bytes=2-4")
    copied = api.upload_part_copy_with_http_info(
        repository.id,
        "main",
        upload.upload_id,
        "big",
        3,
        upload_part_copy_from=lakefs_sdk.UploadPartCopyFrom(**where, copy_source=source),
    )
    parts.append(lakefs_sdk.UploadPart(part_number=3, etag=copied.headers["ETag"]))
    done = api.complete_presign_multipart_upload(
        repository.id,
        "main",
        upload.upload_id,
        "big",
        complete_presign_multipart_upload=lakefs_sdk.CompletePresignMultipartUpload(**where, parts=parts),
    )
    assert done.size_bytes == 2 * len(first) + 3
    with main.object("big").reader(pre_sign=True) as reader:
        assert reader.read() == first + first + b"234"
