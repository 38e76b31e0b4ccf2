"""How a file of ours is shown in a text: how large, and what plays it."""

from __future__ import annotations

import re

# How wide, and how high, which follows from that.
_SIZED = re.compile(r"(?s)(.*)\|\s*0*([1-9]\d{0,3})(?:x\d{1,4})?\s*")
# What is played where it stands, by how its name ends.
_PLAYERS = {
    **dict.fromkeys(("mp4", "m4v", "webm", "mov", "ogv"), "video"),
    **dict.fromkeys(("mp3", "m4a", "ogg", "oga", "opus"), "audio"),
}


def sized(alt: str) -> tuple[str, str | None]:
    """What it shows, and how wide it is to be, in pixels: `The quay|300`, as Obsidian writes it."""
    found = _SIZED.fullmatch(alt)
    return (found[1].rstrip(), found[2]) if found else (alt, None)


def player_of(address: str) -> str | None:
    """The element that plays what lies there, "audio" or "video"; None where nothing does."""
    return _PLAYERS.get(address.rpartition("/")[2].rpartition(".")[2].lower())
