"""The picture that a text begins with."""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from web.filed import sized

# A picture of ours alone in the first paragraph. What stands in the brackets has no brackets of its own but escaped ones.
_OPENING = re.compile(
    r"\s{0,200}!\[((?:\\.|[^\]\[\\\n]){0,1000})\]\(<?/files/(\d{1,16})/([^\s)<>]{1,800})>?(?:[ \t]{1,9}\"[^\"\n]{0,1000}\")?\)"
    r"[ \t]{0,99}(?:\r?\n[ \t]{0,99}\r?\n|\r?\n?\Z)"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


class Picture(msgspec.Struct, frozen=True):
    """`file`: the id of the attachment. `alt`: what it shows, for who does not see it."""

    file: int
    name: str
    alt: str

    @property
    def described(self) -> bool:
        """Whether somebody said what it shows; the name of a file, which stands there by itself, says nothing."""
        return self.alt.strip() not in ("", self.name)


def opening(body: str) -> Picture | None:
    found = _OPENING.match(body)
    return Picture(int(found[2]), unquote(found[3]), sized(_ESCAPED.sub(r"\1", found[1]))[0]) if found else None
