"""What came of a run."""

from __future__ import annotations

import msgspec

from export.manifest import Manifest
from web.errors import NotDone


class Broken(msgspec.Struct, frozen=True):
    """A link in the house that leads nowhere for this audience."""

    page: str
    link: str

    def sentence(self) -> str:
        return f"{self.page} links to {self.link}, where there is nothing"


class Report(msgspec.Struct, frozen=True):
    """`changed`: the files that were written, and `gone` those that were taken away, in comparison with the snapshot before."""

    audience: str
    pages: int
    files: int
    bytes: int
    changed: int
    gone: int
    broken: list[Broken]
    removed: list[str]
    telling: list[str]  # files that keep what they say of themselves: it could not be taken out
    unlinked: int  # links to what only a live house has, now plain text
    seconds: float

    def counts(self) -> dict[str, object]:
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]

    def sentence(self) -> str:
        said = [
            f"Published {self.pages} pages ({self.files} files, {self.bytes / 1e6:.1f} MB) for {self.audience} in {self.seconds:.1f} s: "
            f"{self.changed} files are new or changed, {self.gone} are gone."
        ]
        broken = [f"  {each.sentence()}" for each in self.broken]
        telling = [f"  {each}" for each in self.telling]
        if broken:
            said += [f"Broken links: {len(broken)}", *broken]
        if telling:
            said += [f"Files that keep what they say of themselves (who, where, with what): {len(telling)}", *telling]
        return "\n".join(said)


def broken_in(manifest: Manifest) -> list[Broken]:
    return [Broken(each.file, link) for each in manifest.pages.values() for link in each.broken]


def refuse_broken(manifest: Manifest) -> None:
    """Raises NotDone when a link leads nowhere."""
    if broken := broken_in(manifest):
        raise NotDone(f"Nothing was published: {broken[0].sentence()} ({len(broken)} in all).")


def report(
    audience: str, published: Manifest, before: Manifest | None, removed: list[str], told: list[str], seconds: float
) -> Report:
    """`before`: what was published before that; `told`: the files that keep what they say of themselves."""
    files, former = published.files, before.files if before else {}
    pages = published.pages.values()
    return Report(
        audience, sum(each.file.endswith("index.html") for each in pages), len(files), sum(file.size for file in files.values()),
        sum(former.get(name) != file for name, file in files.items()), len(former.keys() - files.keys()), broken_in(published),
        removed, told, sum(each.unlinked for each in pages), round(seconds, 3),
    )  # fmt: skip
