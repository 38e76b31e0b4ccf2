"""What is set from outside, read once: the environment first, then dugnad.toml."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from web.times import zone_named


@dataclass(frozen=True)
class Settings:
    """database: `sqlite:///PATH` or `postgresql://…`. data: the folder for attachments and caches.
    secret: signs what is handed to browsers. url: where people reach the house. mail: `smtp://USER:PASSWORD@HOST:PORT` or
    `smtps://…`; empty when the house sends none. mail_from: the address it writes from. develop: not empty where
    the program itself is worked on. files: `s3://BUCKET/PREFIX` for attachments; empty when they are in the data folder.
    publish: the folders and `s3://BUCKET/PREFIX` below which administrators may have snapshots published, between commas. sign: the
    secret key that those are signed with. zone: of the times that people set (`Europe/Oslo`). recall: where a snapshot, wherever it is opened, may
    ask what was recalled since; empty when it asks nobody. mail_to: whom readers of snapshots write to where there is no house that
    they can come to. previews: `on` where the house may ask other sites what stands behind links; it asks none otherwise.
    mail_reply: the address that letters are answered to, which takes whatever stands between a plus and its @. imap: the mailbox where those are fetched, `imaps://USER:PASSWORD@HOST/FOLDER`; empty when `dugnad mail receive` is given them."""

    database: str
    data: Path
    secret: str
    url: str
    mail: str = ""
    mail_from: str = ""
    develop: str = ""
    files: str = ""
    publish: str = ""
    sign: str = ""
    zone: str = "UTC"
    recall: str = ""
    mail_to: str = ""
    previews: str = ""
    mail_reply: str = ""
    imap: str = ""

    @property
    def has_address(self) -> bool:
        """Whether somebody has said where people reach the house."""
        return self.url != DEFAULT_URL

    @property
    def places(self) -> tuple[str, ...]:
        """Where snapshots may be published to."""
        return tuple(filter(None, (place.strip().rstrip("/") for place in self.publish.split(","))))


NAMES = tuple(field.name for field in fields(Settings))
PREFIX = "DUGNAD_"
DEFAULT_URL = "http://127.0.0.1:8000"
# As it may stand in a policy of what a page may ask for.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?", re.ASCII)
_MAILBOX = re.compile(r"[^@\s<>?&,]+@[^@\s<>?&,]+")
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_BUCKET = re.compile(r"s3://[\w.-]+(/[\w.-]+)*/?", re.ASCII)


class WrongSetting(ValueError):
    """A setting that is unknown or does not make sense; says which, and what to do."""


def read_settings(environ: Mapping[str, str] = os.environ, file: Path | None = None) -> Settings:
    """Raises WrongSetting. A secret that nobody set is made once and kept in the data folder."""
    given = _from_file(file or Path("dugnad.toml")) | _from_environment(environ)
    data = Path(given.get("data", "var")).expanduser().resolve()
    database = given.get("database", f"sqlite:///{data / 'dugnad.sqlite'}")
    if not database.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise WrongSetting(f"{PREFIX}DATABASE must be sqlite:///PATH or postgresql://…, not {database!r}.")
    url = given.get("url", DEFAULT_URL).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise WrongSetting(f"{PREFIX}URL must begin with https:// or http://, not {url!r}.")
    mail, sender = _mail(given, url)
    files = given.get("files", "")
    if files and not _BUCKET.fullmatch(files):
        raise WrongSetting(
            f"{PREFIX}FILES must be s3://BUCKET or s3://BUCKET/PREFIX; without it files are in the data folder."
        )
    secret = given.get("secret") or _kept_secret(data)
    made = Settings(
        database, data, secret, url, mail, sender, given.get("develop", ""), files, given.get("publish", ""),
        given.get("sign", ""), _zone(given.get("zone", "UTC")), _recall(given), _mail_to(given.get("mail_to", "")),
        _previews(given.get("previews", "")), _mail_reply(given.get("mail_reply", "")), _imap(given),
    )  # fmt: skip
    for place in made.places:
        _must_be_a_place(place, data, files)
    return made


def _previews(said: str) -> str:
    if said not in ("", "on", "off"):
        raise WrongSetting(f"{PREFIX}PREVIEWS must be on or off, and not {said!r}.")
    return said if said == "on" else ""


def _recall(given: Mapping[str, str]) -> str:
    """What anybody could answer is believed only when it is signed."""
    recall = given.get("recall", "").rstrip("/")
    if recall and not _ADDRESS.fullmatch(recall):
        raise WrongSetting(f"{PREFIX}RECALL must be an address, as https://intranet.example, and not {recall!r}.")
    if recall and not given.get("sign"):
        raise WrongSetting(f"{PREFIX}RECALL needs {PREFIX}SIGN: what was recalled is believed only when it is signed.")
    return recall


def _zone(name: str) -> str:
    try:
        zone_named(name)
    except KeyError:
        raise WrongSetting(f"{PREFIX}ZONE must be the name of a time zone, as Europe/Oslo, and not {name!r}.") from None
    return name


def _must_be_a_place(place: str, data: Path, files: str) -> None:
    """What is published is read by others; what lies in the data folder, and among the attachments, by nobody."""
    if _BUCKET.fullmatch(place):
        if f"{place}/".startswith(f"{files.rstrip('/')}/") or f"{files}/".startswith(f"{place}/"):
            raise WrongSetting(f"{PREFIX}PUBLISH must not name what {PREFIX}FILES does: {place}.")
        return
    if not place.startswith("/"):
        raise WrongSetting(
            f"{PREFIX}PUBLISH must be folders, from / on, and s3://BUCKET/PREFIX, with commas between: not {place!r}."
        )
    folder = Path(place).resolve()
    if folder.is_relative_to(data) or data.is_relative_to(folder):
        raise WrongSetting(f"{PREFIX}PUBLISH must not name the data folder, nor what it lies in or holds: {place}.")


def _mail(given: Mapping[str, str], url: str) -> tuple[str, str]:
    mail = given.get("mail", "")
    try:
        parts = urlsplit(mail)
        known = not mail or (parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port or True))
    except ValueError:
        known = False
    if not known:
        raise WrongSetting(
            f"{PREFIX}MAIL must be smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ if needed."
        )
    sender = given.get("mail_from", f"dugnad@{urlsplit(url).hostname}")
    if not _MAILBOX.fullmatch(sender):
        raise WrongSetting(f"{PREFIX}MAIL_FROM must be an e-mail address, not {sender!r}.")
    return mail, sender


def _mail_to(address: str) -> str:
    if address and not _MAILBOX.fullmatch(address):
        raise WrongSetting(f"{PREFIX}MAIL_TO must be one e-mail address, not {address!r}.")
    return address


def _mail_reply(address: str) -> str:
    if address and (not _MAILBOX.fullmatch(address) or "+" in address):
        raise WrongSetting(f"{PREFIX}MAIL_REPLY must be one e-mail address without a plus, not {address!r}.")
    return address.lower()


def _imap(given: Mapping[str, str]) -> str:
    imap = given.get("imap", "")
    try:
        parts = urlsplit(imap)
        known = not imap or (
            parts.scheme in ("imap", "imaps") and parts.hostname and parts.username and (parts.port or True)
        )
    except ValueError:
        known = False
    if not known:
        raise WrongSetting(f"{PREFIX}IMAP must be imaps://USER:PASSWORD@HOST:PORT/FOLDER.")
    if imap and not given.get("mail_reply"):
        raise WrongSetting(f"{PREFIX}IMAP needs {PREFIX}MAIL_REPLY: the address whose letters are fetched there.")
    return imap


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    # The tests have a setting of their own for the PostgreSQL they use.
    return _known({name: value for name, value in given.items() if not name.startswith("test")}, "the environment")


def _from_file(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise WrongSetting(f"{file.name} is not valid TOML: {wrong}.") from wrong
    if not all(isinstance(value, str) for value in given.values()):
        raise WrongSetting(f"Every setting in {file.name} must be text in quotes.")
    return _known(given, file.name)


def _known(given: dict[str, str], where: str) -> dict[str, str]:
    unknown = sorted(set(given) - set(NAMES))
    if unknown:
        raise WrongSetting(f"There is no setting called {unknown[0]!r} (in {where}). There are: {', '.join(NAMES)}.")
    return {name: value for name, value in given.items() if value}


def _kept_secret(data: Path) -> str:
    path = data / "secret"
    data.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text("ascii").strip()
