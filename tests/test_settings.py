"""Settings: each is documented, wrong ones are said to be wrong, and a secret is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import House
from web.settings import NAMES, WrongSetting, read_settings

DOCS = Path(__file__).resolve().parent.parent / "docs" / "settings.md"


def test_every_setting_is_documented() -> None:
    text = DOCS.read_text("utf-8")
    for name in NAMES:
        assert f"`DUGNAD_{name.upper()}`" in text and f"`{name}`" in text


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dugnad.toml"
    file.write_text(f'url = "https://from.file"\nsecret = "s"\ndata = "{tmp_path}"\n')
    assert read_settings({}, file).url == "https://from.file"
    assert read_settings({"DUGNAD_URL": "https://from.environment/"}, file).url == "https://from.environment"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"DUGNAD_DATABSE": "x"}, "no setting called 'databse'"),
        ({"DUGNAD_DATABASE": "mysql://x"}, "sqlite:///PATH or postgresql://"),
        ({"DUGNAD_URL": "dugnad.example"}, "https:// or http://"),
        ({"DUGNAD_MAIL": "mail.example:25"}, "smtp://HOST:PORT"),
        ({"DUGNAD_MAIL": "smtp://mail.example:port"}, "smtp://HOST:PORT"),
        ({"DUGNAD_MAIL_FROM": "the house"}, "must be an e-mail address"),
        ({"DUGNAD_FILES": "/srv/files"}, "s3://BUCKET or s3://BUCKET/PREFIX"),
        ({"DUGNAD_FILES": "s3://key:secret@bucket"}, "s3://BUCKET or s3://BUCKET/PREFIX"),
        ({"DUGNAD_RECALL": "https://intranet.example"}, "needs DUGNAD_SIGN"),
        ({"DUGNAD_RECALL": "https://x/; script-src *", "DUGNAD_SIGN": "k"}, "must be an address"),
        ({"DUGNAD_FILES": "s3://"}, "s3://BUCKET or s3://BUCKET/PREFIX"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(environ: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match=said):
        read_settings({"DUGNAD_DATA": str(tmp_path), **environ}, tmp_path / "none.toml")


@pytest.mark.parametrize("text", ["url = ", "url = 5", "colour = 'green'", "\xff"])
def test_a_wrong_file_says_what_is_wrong(text: str, tmp_path: Path) -> None:
    file = tmp_path / "dugnad.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(WrongSetting, match=r"dugnad\.toml"):
        read_settings({"DUGNAD_DATA": str(tmp_path)}, file)


def test_a_secret_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    environ = {"DUGNAD_DATA": str(tmp_path)}
    first = read_settings(environ, tmp_path / "none.toml").secret
    assert len(first) >= 32 and read_settings(environ, tmp_path / "none.toml").secret == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


async def test_light_or_dark_is_chosen_in_a_browser_and_given_back_to_the_device(house: House) -> None:
    async with house.browser() as browser:
        assert "data-theme" not in (await browser.get("/sign-in/")).text
        chosen = await browser.post("/theme/", data={"theme": "dark", "next": "/sign-in/?next=/tags/"})
        assert chosen.status_code == 303 and chosen.headers["location"] == "/sign-in/?next=/tags/"
        page = (await browser.get("/sign-in/")).text
        assert 'data-theme="dark"' in page and 'name="color-scheme" content="dark"' in page
        await browser.post("/theme/", data={"theme": "", "next": "/"})
        assert "data-theme" not in (await browser.get("/sign-in/")).text
        assert (await browser.post("/theme/", data={"theme": "pink"})).status_code == 422
        browser.cookies.set("dugnad-theme", '"><script>')
        assert "<script>" not in (await browser.get("/sign-in/")).text
