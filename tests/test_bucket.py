"""A bucket is set as elsewhere, said to be wrong at the start, and served from by every worker."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.serving import free_port, served
from tests.test_storage import LARGE
from web.cli import main
from web.settings import Settings, WrongSetting
from web.storage import Folder, prove, storage_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings("sqlite:///:memory:", tmp_path, "a-secret-for-tests", "http://dugnad.test")


def test_a_folder_is_copied_into_a_bucket_as_it_is(settings: Settings, bucket: str, s3: str) -> None:
    folder = Folder(settings.data / "files")
    asyncio.run(folder.put("abc", io.BytesIO(b"words")))
    for path in (each for each in folder.root.rglob("*") if each.is_file()):
        name = path.relative_to(folder.root).as_posix()
        httpx.put(f"{s3}/{bucket.removeprefix('s3://')}/old/house/{name}", content=path.read_bytes()).raise_for_status()
    storage = storage_of(replace(settings, files=f"{bucket}/old/house/"))
    assert asyncio.run(storage.read("abc", 0)) == (5, b"words")


def test_what_is_set_wrongly_is_said_at_the_start(
    settings: Settings, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(settings)
    prove(replace(settings, files=bucket))
    with pytest.raises(WrongSetting, match=r"Nothing can be kept where DUGNAD_FILES says.*NoSuchBucket"):
        prove(replace(settings, files="s3://nobodys"))
    for address in ("", "127.0.0.1:9", "ftp://127.0.0.1", "http://"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        with pytest.raises(WrongSetting, match="AWS_ENDPOINT_URL must"):
            storage_of(replace(settings, files=bucket))
    monkeypatch.setitem(sys.modules, "web.bucket", None)
    with pytest.raises(WrongSetting, match=r"pip install '\.\[s3\]'"):
        storage_of(replace(settings, files=bucket))


def test_a_house_with_a_bucket_is_served_by_several_workers(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    for name, given in (("DATA", str(tmp_path)), ("FILES", "s3://nobodys")):
        monkeypatch.setenv(f"DUGNAD_{name}", given)
    assert main(["run", "--port", str(port)]) == 1
    assert "DUGNAD_FILES" in (said := capsys.readouterr().err) and said.count("\n") == 1
    monkeypatch.setenv("DUGNAD_FILES", bucket)
    assert main(["person", "add", "kari", "--name", "Kari", "--admin"]) == 0
    capsys.readouterr()
    assert main(["token", "kari"]) == 0
    headers = {"authorization": f"Bearer {capsys.readouterr().out.strip()}"}
    with (
        served(os.environ, port, workers=2),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as kari,
    ):
        sent = kari.post("/api/attachments", files={"file": ("large.pdf", LARGE)})
        assert sent.status_code == 201, sent.text
    assert main(["check"]) == 0
    assert not (tmp_path / "files").exists()
