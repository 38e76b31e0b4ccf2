"""What an import did, and everything it could not do, for people and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import msgspec

# How many are done, of how many.
Progress = Callable[[int, int], None]


def silent(done: int, of: int) -> None:
    """Nobody is shown how far it is."""


class Problem(msgspec.Struct, frozen=True):
    """Something that did not come across as it was. `line` counts from 1; 0 means the whole file.

    `what` is one word for all of its sort: "link", "image", "heading", "wiki link", "template", "raw HTML", …
    """

    file: str
    line: int
    what: str
    detail: str


class Report(msgspec.Struct):
    """`files` is how many Markdown files (or what `of` says) there are; each is made, updated, unchanged or not imported.

    `folders` is how many pages were made up for folders without a page of their own (also counted in made …).
    `texts` counts those that came with their history. `entries` leads from each file (or folder, with a slash at its end) to its entry; empty in a dry run.
    `came`: how many there were of each sort that came in, or are here already; `left_out`: of what was meant to stay where it was.
    """

    dry_run: bool = False
    of: str = "files"
    files: int = 0
    folders: int = 0
    made: int = 0
    updated: int = 0
    unchanged: int = 0
    not_imported: int = 0
    attachments: int = 0
    links: int = 0
    texts: int = 0
    problems: list[Problem] = []
    entries: dict[str, int] = {}
    noun: str = "pages"
    came: dict[str, int] = {}
    left_out: dict[str, int] = {}

    def counts(self) -> dict[str, int]:
        """For `--json` and the terminal."""
        names = ("files", "folders", "made", "updated", "unchanged", "not_imported", "attachments", "links", "texts")
        return {name: getattr(self, name) for name in names} | {"problems": len(self.problems)}

    def sorts(self) -> dict[str, int]:
        """How many problems there are of each sort, the most frequent first."""
        return dict(Counter(problem.what for problem in self.problems).most_common())

    def as_json(self) -> bytes:
        whole = {"counts": self.counts(), "sorts": self.sorts(), **msgspec.to_builtins(self)}
        return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"

    def sentence(self) -> str:
        would = "Nothing was written. There would be: " if self.dry_run else ""
        done = (
            f"{would}{self.made} {self.noun} made, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.not_imported} of {self.files} {self.of} not imported, {self.attachments} files attached."
            + (f" {self.texts} texts of their histories came along." if self.texts else "")
        )
        for said, many in (("Of them", self.came), ("Left where they were", self.left_out)):
            if many:
                done += f"\n{said}: {', '.join(f'{count} {what}' for what, count in many.items())}."
        sorts = ", ".join(f"{count} {what}" for what, count in self.sorts().items())
        return f"{done}\nTo look at ({len(self.problems)}): {sorts}." if sorts else done
