"""boto3 as it comes, against the S3 protocol."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import time
import zlib
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed: pip install boto3")

from boto3.s3.transfer import TransferConfig  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from botocore.httpchecksum import StreamingChecksumBody  # noqa: E402

if TYPE_CHECKING:
    from conftest import Service

MIB = 1024 * 1024
#: S3's smallest part.
PARTS = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
ODD_NAMES = [
    "plain",
    "with space",
    "plus+sign",
    "ümläut/ß",
    "a//b",
    "~tilde",
    "star*",
    "q?u#e&s=t",
    "emoji \U0001f600",
    "%41",
]


def client_of(service: Service, **more: Any) -> Any:
    settings = {
        "endpoint_url": service.url,
        "aws_access_key_id": service.access_key_id,
        "aws_secret_access_key": service.secret_access_key,
        "region_name": "us-east-1",
    }
    return boto3.client("s3", **{**settings, **more})


@pytest.fixture
def s3(service: Service) -> Any:
    return client_of(service)


def refusal(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_an_object_comes_back_as_it_was_put(s3: Any, bucket: str) -> None:
    content = os.urandom(100_000)
    put = s3.put_object(Bucket=bucket, Key="main/a", Body=content, ContentType="text/csv", Metadata={"Author": "me"})
    etag = f'"{hashlib.md5(content).hexdigest()}"'
    assert put["ETag"] == etag
    assert put["ChecksumCRC32"], "boto3 sends a CRC-32 by default, and the service confirms it"
    got = s3.get_object(Bucket=bucket, Key="main/a")
    assert got["Body"].read() == content
    for told in (got, s3.head_object(Bucket=bucket, Key="main/a")):
        assert (told["ETag"], told["ContentLength"]) == (etag, len(content))
        assert (told["ContentType"], told["Metadata"]) == ("text/csv", {"author": "me"})
    [listed] = s3.list_objects_v2(Bucket=bucket, Prefix="main/")["Contents"]
    assert (listed["Key"], listed["ETag"], listed["Size"]) == ("main/a", etag, len(content))


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256", "SHA512"])
def test_every_checksum_that_boto3_computes_is_verified(s3: Any, bucket: str, algorithm: str) -> None:
    put = s3.put_object(Bucket=bucket, Key="main/a", Body=b"content", ChecksumAlgorithm=algorithm)
    assert put[f"Checksum{algorithm}"]
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="main/b", Body=b"content", **{f"Checksum{algorithm}": "AAAA"})
    assert refusal(error) == ("InvalidRequest", 400)


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256", "SHA512"])
def test_a_checksum_is_told_to_who_reads_and_boto3_verifies_it(s3: Any, bucket: str, algorithm: str) -> None:
    field = f"Checksum{algorithm}"
    digest = s3.put_object(Bucket=bucket, Key="main/a", Body=b"content", ChecksumAlgorithm=algorithm)[field]
    assert field not in s3.head_object(Bucket=bucket, Key="main/a")
    head = s3.head_object(Bucket=bucket, Key="main/a", ChecksumMode="ENABLED")
    assert (head[field], head["ChecksumType"]) == (digest, "FULL_OBJECT")
    got = s3.get_object(Bucket=bucket, Key="main/a")
    assert got[field] == digest
    assert isinstance(got["Body"], StreamingChecksumBody), "boto3 verifies what it downloads, as it comes"
    assert got["Body"].read() == b"content"
    part_of_it = s3.get_object(Bucket=bucket, Key="main/a", Range="bytes=1-3", ChecksumMode="ENABLED")
    assert (part_of_it["Body"].read(), field in part_of_it) == (b"ont", False)
    known = s3.get_object_attributes(Bucket=bucket, Key="main/a", ObjectAttributes=["Checksum", "ObjectSize"])
    assert known["Checksum"] == {field: digest, "ChecksumType": "FULL_OBJECT"}


@pytest.mark.parametrize("kind", ["COMPOSITE", "FULL_OBJECT"])
def test_the_checksum_of_an_object_in_parts_comes_from_theirs(s3: Any, bucket: str, kind: str) -> None:
    key: dict[str, Any] = {"Bucket": bucket, "Key": "main/a"}
    contents = [os.urandom(5 * MIB), os.urandom(17)]
    upload = s3.create_multipart_upload(**key, ChecksumAlgorithm="CRC32", ChecksumType=kind)
    assert (upload["ChecksumAlgorithm"], upload["ChecksumType"]) == ("CRC32", kind)
    named = {**key, "UploadId": upload["UploadId"]}
    parts = []
    for number, content in enumerate(contents, 1):
        part = s3.upload_part(**named, PartNumber=number, Body=content)
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
    listed = s3.list_parts(**named)
    assert [part["ChecksumCRC32"] for part in listed["Parts"]] == [part["ChecksumCRC32"] for part in parts]
    digests = b"".join(zlib.crc32(content).to_bytes(4, "big") for content in contents)
    whole = zlib.crc32(digests if kind == "COMPOSITE" else b"".join(contents)).to_bytes(4, "big")
    digest = base64.b64encode(whole).decode() + ("-2" if kind == "COMPOSITE" else "")
    with pytest.raises(ClientError) as error:
        s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts}, ChecksumCRC32="AAAAAA==")
    assert refusal(error) == ("BadDigest", 400)
    done = s3.complete_multipart_upload(
        **named, MultipartUpload={"Parts": parts}, ChecksumCRC32=digest, ChecksumType=kind, MpuObjectSize=5 * MIB + 17
    )
    told = s3.get_object(**key)
    for answer in (done, told):
        assert (answer["ChecksumCRC32"], answer["ChecksumType"]) == (digest, kind)
    assert told["Body"].read() == b"".join(contents)
    attributes = s3.get_object_attributes(**key, ObjectAttributes=["ObjectParts"])["ObjectParts"]
    assert [part["ChecksumCRC32"] for part in attributes["Parts"]] == [part["ChecksumCRC32"] for part in parts]
    last = s3.get_object(**key, PartNumber=2)
    assert (last["PartsCount"], last["ChecksumCRC32"]) == (2, parts[1]["ChecksumCRC32"])
    assert last["Body"].read() == contents[1]


def test_names_that_are_hard_to_encode_stay_apart(s3: Any, bucket: str) -> None:
    for name in ODD_NAMES:
        s3.put_object(Bucket=bucket, Key=f"main/{name}", Body=name.encode())
    for name in ODD_NAMES:
        assert s3.get_object(Bucket=bucket, Key=f"main/{name}")["Body"].read() == name.encode()
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="main/", PaginationConfig={"PageSize": 3}
    )
    listed = [item["Key"] for page in pages for item in page.get("Contents", [])]
    assert listed == sorted((f"main/{name}" for name in ODD_NAMES), key=str.encode)


def test_large_files_go_up_and_down_in_parts(s3: Any, bucket: str) -> None:
    content = os.urandom(17 * MIB + 3)
    s3.upload_fileobj(io.BytesIO(content), bucket, "main/large", Config=PARTS, ExtraArgs={"Metadata": {"a": "b"}})
    head = s3.head_object(Bucket=bucket, Key="main/large")
    assert head["ETag"].endswith('-4"')
    assert head["Metadata"] == {"a": "b"}
    told = s3.head_object(Bucket=bucket, Key="main/large", ChecksumMode="ENABLED")
    assert told["ChecksumCRC32"], "the transfer manager plans a checksum by default"
    down = io.BytesIO()
    s3.download_fileobj(bucket, "main/large", down, Config=PARTS)
    assert down.getvalue() == content
    s3.copy({"Bucket": bucket, "Key": "main/large"}, bucket, "main/large copy", Config=PARTS)
    assert s3.get_object(Bucket=bucket, Key="main/large copy", Range="bytes=-3")["Body"].read() == content[-3:]
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket, Prefix="main/")


def test_uploads_under_way_are_listed_by_folder(s3: Any, bucket: str) -> None:
    for key in ("main/a/1", "main/a/2", "main/b", "main/c/1"):
        s3.create_multipart_upload(Bucket=bucket, Key=key)
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, Prefix="main/", Delimiter="/", PaginationConfig={"PageSize": 1}
    )
    found = []
    for page in pages:
        found += [upload["Key"] for upload in page.get("Uploads", [])]
        found += [prefix["Prefix"] for prefix in page.get("CommonPrefixes", [])]
    assert found == ["main/a/", "main/b", "main/c/"]
    root = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [prefix["Prefix"] for prefix in root["CommonPrefixes"]] == ["main/"]


def test_branches_are_the_folders_at_the_root(service: Service, s3: Any, bucket: str) -> None:
    service.post(f"/repositories/{bucket}/branches", {"name": "dev", "source": "main"})
    s3.put_object(Bucket=bucket, Key="dev/folder/a", Body=b"x")
    root = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [prefix["Prefix"] for prefix in root["CommonPrefixes"]] == ["dev/", "main/"]
    below = s3.list_objects(Bucket=bucket, Prefix="dev/", Delimiter="/")
    assert [prefix["Prefix"] for prefix in below["CommonPrefixes"]] == ["dev/folder/"]
    with pytest.raises(ClientError):
        s3.head_object(Bucket=bucket, Key="main/folder/a")


def test_copies_and_deletions(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="main/from here", Body=b"x", Metadata={"a": "b"})
    s3.copy_object(Bucket=bucket, Key="main/to", CopySource={"Bucket": bucket, "Key": "main/from here"})
    assert s3.head_object(Bucket=bucket, Key="main/to")["Metadata"] == {"a": "b"}
    keys = [{"Key": key} for key in ("main/from here", "main/to", "main/never was")]
    assert s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})["Deleted"] == keys
    assert s3.list_objects_v2(Bucket=bucket, Prefix="main/")["KeyCount"] == 0


def test_a_write_on_condition(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="main/once", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="main/once", Body=b"2", IfNoneMatch="*")
    assert refusal(error) == ("PreconditionFailed", 412)
    assert s3.get_object(Bucket=bucket, Key="main/once")["Body"].read() == b"1"


@pytest.mark.parametrize("config", [None, Config(signature_version="s3v4")], ids=["as boto3 presigns", "version 4"])
def test_presigned_addresses_need_no_key(service: Service, bucket: str, config: Config | None) -> None:
    s3 = client_of(service, config=config)
    params = {"Bucket": bucket, "Key": "main/a b+ü", "ContentType": "text/csv"}
    up = s3.generate_presigned_url("put_object", Params=params, ExpiresIn=60)
    with urlopen(Request(up, b"content", {"Content-Type": "text/csv"}, method="PUT")) as answer:
        assert answer.status == 200
    params = {"Bucket": bucket, "Key": "main/a b+ü", "ResponseContentType": "text/plain"}
    down = s3.generate_presigned_url("get_object", Params=params, ExpiresIn=60)
    with urlopen(down) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"content", "text/plain")
    with pytest.raises(HTTPError) as error:
        urlopen(Request(down, method="DELETE"))
    assert error.value.code == 403
    error.value.close()
    brief = s3.generate_presigned_url("get_object", Params=params, ExpiresIn=1)
    deadline = time.monotonic() + 60
    while True:
        try:
            urlopen(brief).close()
        except HTTPError as refused:
            with refused:
                assert refused.code == 403
                assert b"has expired" in refused.read()
            break
        assert time.monotonic() < deadline, "the address never expired"
        time.sleep(0.2)


def test_the_resource_interface(service: Service, bucket: str) -> None:
    s3 = boto3.resource(
        "s3",
        endpoint_url=service.url,
        aws_access_key_id=service.access_key_id,
        aws_secret_access_key=service.secret_access_key,
        region_name="us-east-1",
    )
    found = s3.Bucket(bucket)
    assert bucket in [each.name for each in s3.buckets.all()]
    found.put_object(Key="main/folder/a", Body=b"x")
    found.put_object(Key="main/folder/b", Body=b"y")
    assert [each.key for each in found.objects.filter(Prefix="main/folder/")] == ["main/folder/a", "main/folder/b"]
    found.objects.filter(Prefix="main/folder/").delete()
    assert list(found.objects.filter(Prefix="main/folder/")) == []


def test_errors_say_what_is_wrong(service: Service, s3: Any, bucket: str) -> None:
    missing = "nowhere"
    for call in (s3.put_object, s3.create_multipart_upload):
        with pytest.raises(ClientError, match=f'Branch "{missing}" does not exist in repository "{bucket}"') as error:
            call(Bucket=bucket, Key=f"{missing}/a")
        assert refusal(error) == ("NoSuchKey", 404)
    with pytest.raises(s3.exceptions.NoSuchKey, match=f'no branch, tag or commit "{missing}"'):
        s3.get_object(Bucket=bucket, Key=f"{missing}/a")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=bucket, Key="main/not-there")
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.list_objects_v2(Bucket="no-such-repository")
    with pytest.raises(ClientError) as error:
        client_of(service, aws_secret_access_key="wrong").list_buckets()
    assert refusal(error) == ("SignatureDoesNotMatch", 403)
    with pytest.raises(ClientError) as error:
        client_of(service, aws_access_key_id="wrong").list_buckets()
    assert refusal(error) == ("InvalidAccessKeyId", 403)
    with pytest.raises(ClientError) as error:
        s3.create_bucket(Bucket=bucket)
    assert refusal(error) == ("BucketAlreadyOwnedByYou", 409)
