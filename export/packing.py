"""A snapshot in other shapes: one file, a bag for archives, and what has changed since another."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from export.manifest import MANIFEST, SIGNED, Manifest, decoded, read, read_from
from export.placing import workshop, write
from web.errors import NotDone
from web.publishing.signing import wrong_signature

_AGENT = "Bag-Software-Agent: dugnad"
_DELTA, _FILES = "delta.json", "files/"
# The first day that such a file can name: no clock is in what is published.
_EPOCH = (1980, 1, 1, 0, 0, 0)
# Ways of packing of which so much is unpacked as one asks for; of the others, all that a piece holds.
_BIT_BY_BIT = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# How many times larger than its packed form what a pack says of itself may be.
_TIGHTEST = 50


class Delta(msgspec.Struct):
    """`since` and `to`: the sums of the two manifests."""

    since: str
    to: str


def pack_zip(folder: Path, out: Path) -> None:
    """All of a snapshot in one file."""
    with aside(out, _is_our_file) as beside, zipfile.ZipFile(beside, "w") as packed:
        for name in _names(folder):
            _add(packed, name, (folder / name).read_bytes())


def pack_folder(folder: Path, out: Path) -> None:
    """All files in a folder, whatever they are, in one file: the same for the same files. Nothing else is in the place."""
    with zipfile.ZipFile(out, "x") as packed:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            _add(packed, path.relative_to(folder).as_posix(), path.read_bytes())


def pack_delta(folder: Path, since: Path, out: Path) -> int:
    """What is not in the snapshot whose manifest is `since`, in one file; gives how many files that are. Raises NotDone."""
    before, now = read_from(since), read(folder)
    if before is None or now is None:
        raise NotDone(f"{since} is not the manifest of a snapshot of this version.")
    if (before.audience, before.live) != (now.audience, now.live):
        raise NotDone(f"{since} is of a snapshot for {before.audience}, and this is one for {now.audience}.")
    if out.exists() and since.samefile(out):
        raise NotDone(f"{out} is what this goes on from. Choose another name.")
    changed = [name for name, file in now.files.items() if before.files.get(name) != file]
    about = Delta(_sum(since.read_bytes()), _sum((folder / MANIFEST).read_bytes()))
    with aside(out, _is_our_file) as beside, zipfile.ZipFile(beside, "w") as packed:
        _add(packed, _DELTA, msgspec.json.encode(about))
        for name in (*(each for each in (MANIFEST, SIGNED) if (folder / each).is_file()), *changed):
            _add(packed, f"{_FILES}{name}", (folder / name).read_bytes())
    return len(changed)


def apply_delta(pack: Path, folder: Path, key: Path | None = None) -> Manifest:
    """Makes of the snapshot in the folder the one that the pack leads to. With a public key, only when its owner has signed that.
    Raises NotDone; then the folder is as it was."""
    try:
        with zipfile.ZipFile(pack) as packed, workshop(folder) as shop:
            about = msgspec.json.decode(_told(packed, _DELTA), type=Delta)
            if not (folder / MANIFEST).is_file():
                raise NotDone(f"{folder} is not a snapshot.")
            here = _sum((folder / MANIFEST).read_bytes())
            if here == about.to:
                raise NotDone(f"{folder} is what {pack.name} leads to already.")
            if here != about.since:
                raise NotDone(f"{pack.name} goes on from another snapshot than the one in {folder}.")
            content = _told(packed, f"{_FILES}{MANIFEST}")
            if _sum(content) != about.to:
                raise NotDone(f"{pack.name} is damaged: its manifest is not the one it leads to.")
            signed = _told(packed, f"{_FILES}{SIGNED}") if f"{_FILES}{SIGNED}" in packed.namelist() else b""
            if key and (wrong := wrong_signature(content, signed, key)):
                raise NotDone(f"{pack.name} is not to be trusted: {wrong}.")
            manifest, before = decoded(content), shop.before
            if manifest is None or before is None:
                raise NotDone(f"{pack.name} is of another version of Dugnad, or damaged.")
            # Whoever owns the key has signed older ones too, and some for others.
            if (manifest.audience, manifest.live) != (before.audience, before.live) or manifest.as_of < before.as_of:
                raise NotDone(f"{pack.name} leads to an older snapshot than the one in {folder}, or to one for others.")
            with shop.anew():
                _unpack(packed, manifest, shop.folder, pack.name)
                _look_whether_all_is_there(manifest, shop.folder, folder, pack.name)
                shop.publish(manifest, [content], signed)
            return manifest
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.DecodeError) as wrong:
        raise NotDone(f"{pack} cannot be applied: {wrong}.") from wrong


def _unpack(packed: zipfile.ZipFile, manifest: Manifest, into: Path, called: str) -> None:
    """Only what the manifest names, under its name, and with its sum."""
    for each in packed.infolist():
        name = each.filename.removeprefix(_FILES)
        if not each.filename.startswith(_FILES) or name in (MANIFEST, SIGNED):
            continue
        file = manifest.files.get(name)
        if file is None or each.file_size != file.size:
            raise NotDone(f"{called} holds {name}, which is not of that snapshot.")
        content = _read(packed, each, file.size)
        if _sum(content) != file.sha256:
            raise NotDone(f"{called} is damaged: {name} is not as it was published.")
        write(into / name, content)


def _told(packed: zipfile.ZipFile, name: str) -> bytes:
    """What a pack says of itself. Most of that is sums, which nobody can make much smaller than they are."""
    about = packed.getinfo(name)
    return _read(packed, about, _TIGHTEST * about.compress_size)


def _read(packed: zipfile.ZipFile, each: zipfile.ZipInfo, most: int) -> bytes:
    """A few bytes can be made that unpack to very many: no more than one too many is unpacked. Raises BadZipFile."""
    if each.compress_type not in _BIT_BY_BIT:
        raise zipfile.BadZipFile(f"{each.filename} is packed in an unusual way")
    with packed.open(each) as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise zipfile.BadZipFile(f"{each.filename} is larger than it can be")
    return content


def _look_whether_all_is_there(manifest: Manifest, new: Path, old: Path, called: str) -> None:
    for name, file in manifest.files.items():
        where = new / name if (new / name).is_file() else old / name
        if not where.is_file() or _sum(where.read_bytes()) != file.sha256:
            raise NotDone(f"{called} needs {name}, which is neither in it nor in the folder.")


def pack_bag(folder: Path, out: Path) -> None:
    """As a bag (RFC 8493): what archives keep, with a sum for each file. Raises NotDone when something else is in the place."""
    out = out.resolve()
    if out.exists() and not _is_our_bag(out):
        raise NotDone(f"{out} holds something that is not a bag of ours. Choose another folder, or empty it first.")
    mark = secrets.token_hex(4)
    made, before = (out.with_name(f".{out.name}.{what}-{mark}") for what in ("partial", "before"))
    try:
        manifest, size = [], 0
        for name in _names(folder):
            content = (folder / name).read_bytes()
            write(made / "data" / name, content)
            manifest.append(f"{_sum(content)}  data/{_spelled(name)}\n")
            size += len(content)
        tags = {
            "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": f"{_AGENT}\nPayload-Oxum: {size}.{len(manifest)}\n",
            "manifest-sha256.txt": "".join(manifest),
        }
        for name, text in tags.items():
            (made / name).write_text(text, "utf-8", newline="\n")
        sums = "".join(f"{_sum(text.encode())}  {name}\n" for name, text in sorted(tags.items()))
        (made / "tagmanifest-sha256.txt").write_text(sums, "utf-8", newline="\n")
        if out.exists():
            out.rename(before)
        made.rename(out)
    finally:
        if before.exists() and not out.exists():
            before.rename(out)
        for rest in (made, before):
            shutil.rmtree(rest, ignore_errors=True)


def _is_our_bag(folder: Path) -> bool:
    try:
        return _AGENT in (folder / "bag-info.txt").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False


def _spelled(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _names(folder: Path) -> Iterator[str]:
    """Of all files, in order."""
    manifest = read(folder)
    if manifest is None:
        raise NotDone(f"{folder} is not a snapshot.")
    yield from (name for name in (MANIFEST, SIGNED) if (folder / name).is_file())
    yield from manifest.files


def _is_our_file(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as packed:
            return packed.namelist()[:1] in ([MANIFEST], [_DELTA])
    except (OSError, zipfile.BadZipFile):
        return False


def _add(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    # As on any system, and read by everybody once it is unpacked.
    info.create_system, info.external_attr = 3, 0o644 << 16
    # How small zlib makes something differs from one zlib to the next; what is not made smaller is the same everywhere.
    packed.writestr(info, content, zipfile.ZIP_STORED)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def aside(out: Path, is_ours: Callable[[Path], bool]) -> Iterator[Path]:
    """A file beside that takes its place when all went well. Raises NotDone when there is one already that is not ours."""
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists() and not is_ours(out):
        raise NotDone(f"{out} is something else. Choose another name.")
    beside = out.with_name(f".{out.name}.partial-{secrets.token_hex(4)}")
    try:
        yield beside
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
