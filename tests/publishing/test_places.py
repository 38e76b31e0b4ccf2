"""Where the newest goes: folders and buckets that the settings name, and nowhere else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from export.editions import folder_of
from export.manifest import MANIFEST
from export.verify import verify
from tests.cast import House
from tests.publishing.pressed import made, ordered
from web.bucket import bucket as bucket_at
from web.database import execute
from web.entries import actions as entries
from web.entries.actions import Fields
from web.errors import Invalid
from web.publishing import queries
from web.publishing.rows import Edition
from web.settings import WrongSetting, read_settings


@pytest_asyncio.fixture(autouse=True)
async def nothing_ordered(house: House) -> AsyncIterator[None]:
    yield
    await execute("DELETE FROM edition")


def with_places(house: House, *places: object) -> House:
    return replace(house, settings=replace(house.settings, publish=",".join(map(str, places))))


async def something_new(house: House, words: str) -> None:
    await entries.post(await house.viewer("mons"), "micropost", house.spaces["torget"], Fields(body=words))


async def why(house: House, edition: Edition) -> str:
    return (await queries.edition(await house.viewer("astrid"), edition.id)).failed


def test_only_places_that_others_may_see_can_be_set(tmp_path: Path) -> None:
    data = tmp_path / "data"
    given = {"DUGNAD_DATA": str(data), "DUGNAD_FILES": "s3://ours/house"}
    none = tmp_path / "none.toml"
    for wrong in (
        "www",
        str(data),
        f"{data}/x",
        str(tmp_path),
        "s3://ours",
        "s3://ours/house",
        "s3://ours/house/x",
        "s3://",
    ):
        with pytest.raises(WrongSetting, match="DUGNAD_PUBLISH"):
            read_settings({**given, "DUGNAD_PUBLISH": wrong}, none)
    right = read_settings({**given, "DUGNAD_PUBLISH": "/srv/www/, s3://ours/public, s3://ours/houses"}, none)
    assert right.places == ("/srv/www", "s3://ours/public", "s3://ours/houses")
    with pytest.raises(WrongSetting, match="Europe/Oslo"):
        read_settings({**given, "DUGNAD_ZONE": "Nowhere/Land"}, none)


async def test_the_newest_lies_in_a_folder(house: House, tmp_path: Path) -> None:
    here = with_places(house, tmp_path)
    edition = await ordered(here, format="site", place=str(tmp_path), folder="readers/all")
    out = tmp_path / "readers" / "all"
    for words in ("The first that is new", "The second that is new"):
        await something_new(house, words)
        assert (await made(here, edition)).done
        assert verify(out) == [] and words in (out / "index.html").read_text()
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert (await made(here, edition)).done
    assert times == {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}, "nothing is touched"
    assert sorted(path.name for path in out.parent.iterdir()) == ["all"]


@pytest.mark.parametrize(("format", "name"), [("zip", "every-night.zip"), ("bag", "every-night")])
async def test_other_formats_lie_there_by_their_name(house: House, tmp_path: Path, format: str, name: str) -> None:
    here = with_places(house, tmp_path)
    edition = await ordered(here, format=format, place=str(tmp_path), folder="readers", spaces=("torget",))
    assert (await made(here, edition)).done
    assert [path.name for path in (tmp_path / "readers").iterdir()] == [name]


async def test_what_is_not_ours_is_not_replaced_and_nothing_goes_elsewhere(house: House, tmp_path: Path) -> None:
    place, other = tmp_path / "www", tmp_path / "other"
    for folder in (place / "mine", other):
        folder.mkdir(parents=True)
    (place / "mine" / "thesis.txt").write_text("years of work")
    (place / "out").symlink_to(other)
    here = with_places(house, place)
    for folder, failed in (("mine", "unsound"), ("out/x", "place"), ("out", "place")):
        edition = await ordered(here, format="site", place=str(place), folder=folder, spaces=("torget",))
        assert not (await made(here, edition)).done and await why(here, edition) == failed, folder
        await execute("DELETE FROM edition")
    assert (place / "mine" / "thesis.txt").read_text() == "years of work" and not list(other.iterdir())
    edition = await ordered(here, format="site", place=str(place), folder="new", spaces=("torget",))
    assert not (await made(house, edition)).done and await why(house, edition) == "place", (
        "it is not in the settings any more"
    )
    place.rename(tmp_path / "away")
    assert not (await made(here, edition)).done and await why(here, edition) == "place", "a share that is not there"
    assert not place.exists()


@pytest.mark.parametrize(
    "folder", ["", "../x", "x/../../y", "/etc", "a//b", ".hidden", "a/.b", "a b", "x/", "å", "a\\b", "x" * 300]
)
async def test_no_folder_leads_out_of_its_place(house: House, tmp_path: Path, folder: str) -> None:
    here = with_places(house, tmp_path)
    if folder.strip("/") in ("etc", "x"):
        assert (await ordered(here, place=str(tmp_path), folder=folder)).at == f"{tmp_path}/{folder.strip('/')}"
        return
    with pytest.raises(Invalid):
        await ordered(here, place=str(tmp_path), folder=folder)


async def test_no_two_editions_go_to_one_place(house: House, tmp_path: Path) -> None:
    here = with_places(house, tmp_path, "s3://bucket")
    await ordered(here, place=str(tmp_path), folder="a/b")
    for folder in ("a/b", "a", "a/b/c"):
        with pytest.raises(Invalid, match="Another edition"):
            await ordered(here, place=str(tmp_path), folder=folder)
    await ordered(here, place=str(tmp_path), folder="a/bc")
    await ordered(here, place="s3://bucket", folder="a/b")


async def test_the_newest_lies_in_a_bucket(house: House, bucket: str, tmp_path: Path) -> None:
    here, to = with_places(house, bucket), bucket_at(f"{bucket}/site")
    edition = await ordered(here, format="site", place=bucket, folder="site", spaces=("torget",), keep="0")
    assert (await made(here, edition)).done
    site = folder_of(house.settings, edition.id) / "site"
    assert await to.get_named("index.html") == (site / "index.html").read_bytes()
    assert await to.get_named(MANIFEST) == (site / MANIFEST).read_bytes()
    await execute("DELETE FROM edition")
    edition = await ordered(here, format="zip", place=bucket, folder="files", spaces=("torget",))
    assert (await made(here, edition)).done
    packed = await bucket_at(f"{bucket}/files").get_named("every-night.zip")
    assert packed and "index.html" in zipfile.ZipFile(io.BytesIO(packed)).namelist()
    await execute("DELETE FROM edition")
    edition = await ordered(here, format="site", place=bucket, folder="files", spaces=("torget",))
    assert not (await made(here, edition)).done and await why(here, edition) == "unsound", "something else is there"


async def test_a_bucket_that_is_away_is_said_to_be(house: House, s3: str) -> None:
    here = with_places(house, "s3://nobodys")
    edition = await ordered(here, format="site", place="s3://nobodys", folder="", spaces=("torget",))
    assert not (await made(here, edition)).done and await why(here, edition) == "place"
