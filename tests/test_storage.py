"""Where files are kept: whole or not at all, read a piece at a time, and never found by another way than through the house."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cast import House
from tests.serving import free_port
from tests.test_files import picture
from web.database import execute, value
from web.entries import check
from web.errors import NotThere, Unavailable
from web.storage import PIECE, Folder, Storage, fetch, storage_of

LARGE = b"%PDF-" + os.urandom(6 * PIECE)  # more than a bucket takes in one part


class Broken(io.BytesIO):
    """A file that cannot be read to its end."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= 5 * PIECE:
            raise OSError("the disk is gone")
        return super().read(size)


@pytest.fixture(params=("folder", "bucket"))
def away(house: House, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """A storage that cannot be reached."""
    if request.param == "folder":
        (tmp_path / "kanaribucket").write_text("a file where the folder should be")
        return Folder(tmp_path / "kanaribucket")
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "kanarikey")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    return storage_of(replace(house.settings, files="s3://kanaribucket"))


async def test_a_large_file_is_sent_a_piece_at_a_time(house: House, storage: Storage) -> None:
    file = await house.attach("mons", "large.pdf", LARGE, entry=house.entries["torget", "page"])
    kept = await fetch(storage, file.hash)
    assert (kept.size, [len(piece) async for piece in kept.pieces]) == (len(LARGE), [PIECE] * 6 + [5])
    async with house.browser("ole") as browser:
        answer = await browser.get(f"/files/{file.id}/large.pdf")
        assert answer.content == LARGE and answer.headers["content-length"] == str(len(LARGE))
        head = await browser.head(f"/files/{file.id}/large.pdf")
        assert not head.content and head.headers["content-length"] == str(len(LARGE))


async def test_a_file_that_cannot_be_read_to_its_end_is_not_kept(house: House, storage: Storage) -> None:
    with pytest.raises(Unavailable):
        await storage.put("broken", Broken(LARGE))
    with pytest.raises(NotThere):
        await storage.read("broken", 0)
    assert not list(house.settings.data.rglob("*.part"))
    await storage.put("broken", io.BytesIO(LARGE))
    assert await storage.read("broken", 6 * PIECE) == (len(LARGE), LARGE[-5:])


async def test_what_is_missing_or_not_what_was_kept_is_found(house: House, storage: Storage) -> None:
    lost, kept = hashlib.sha256(b"lost").hexdigest(), await house.attach("mons", "kept.txt", b"kept")
    await execute("UPDATE attachment SET hash = {} WHERE id = {}", lost, kept.id)
    assert f"the file {lost} is not there" in await check.faults(storage)
    await storage.put(lost, io.BytesIO(b"found"))
    assert f"the file {lost} is not what was kept" in await check.faults(storage)
    await execute("DELETE FROM attachment WHERE id = {}", kept.id)


async def test_small_pictures_are_made_anew_when_they_are_thrown_away(house: House, storage: Storage) -> None:
    file = await house.attach("mons", "p.png", picture(), entry=house.entries["torget", "page"])
    async with house.browser("ole") as browser:
        first = await browser.get(f"/files/{file.id}/small/320/p.png")
        shutil.rmtree(house.app.state.thumbnails.root)
        again = await browser.get(f"/files/{file.id}/small/320/p.png")
    assert first.status_code == again.status_code == 200 and first.content == again.content


async def test_a_storage_that_is_away_is_said_to_be_and_nothing_is_half_done(
    house: House, away: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = await house.attach("mons", "a.png", picture((99, 9)), entry=house.entries["torget", "page"])
    shutil.rmtree(house.app.state.thumbnails.root, ignore_errors=True)
    before = await value("SELECT count(*) FROM attachment")
    monkeypatch.setattr(house.app.state, "files", away)
    sent = {"file": ("b.txt", b"words")}
    async with house.browser("mons") as browser, house.program("mons") as program:
        answers = [
            await browser.get(f"/files/{file.id}/a.png"),
            await browser.get(f"/files/{file.id}/small/320/a.png"),
            await browser.post("/files/", files=sent),
            await program.post("/api/attachments", files=sent),
        ]
        for answer in answers:
            assert answer.status_code == 503 and "cannot be reached" in answer.text
            assert "kanari" not in answer.text and "127.0.0.1" not in answer.text
        assert (await browser.get(f"/files/{file.id}/")).status_code == 200, "what is known of it is still said"
    assert await value("SELECT count(*) FROM attachment") == before
    said = [record for record in caplog.records if record.name == "dugnad"]
    assert len(said) == 4 and all("kanaribucket" in each.getMessage() for each in said)
    assert "kanarikey" not in caplog.text
    assert not any(each.exc_info or each.levelno > logging.WARNING for each in said)


async def test_nobody_is_told_where_the_bucket_is(house: House, bucket: str, s3: str) -> None:
    house.app.state.files = storage_of(replace(house.settings, files=bucket))
    file = await house.attach("mons", "p.png", picture(), entry=house.entries["torget", "page"])
    here = (
        f"/files/{file.id}/p.png",
        f"/files/{file.id}/small/320/p.png",
        f"/files/{file.id}/",
        "/files/",
        "/",
        f"/e/{file.entry}",
    )
    there = (f"/api/attachments/{file.id}", "/api/attachments", "/api/openapi.json")
    hidden = (bucket.removeprefix("s3://"), s3.removeprefix("http://"), "X-Amz", file.hash)
    async with house.browser("mons") as browser, house.program("mons") as program:
        answers = [await browser.get(each, follow_redirects=False) for each in here]
        answers += [await browser.get(f"/e/{file.entry}", follow_redirects=True)]
        answers += [await program.get(each) for each in there]
    for answer in answers:
        said = f"{answer.headers}".encode() + answer.content
        assert answer.status_code in (200, 301, 303) and not any(each.encode() in said for each in hidden), answer.url
    assert answers[0].content == picture()
    async with house.browser("ole") as outsider:
        secret = await house.attach("mons", "s.txt", b"secret", entry=house.entries["loftet", "page"])
        assert (await outsider.get(f"/files/{secret.id}/s.txt")).status_code == 404
