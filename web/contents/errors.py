"""Why what stands in a file is not known."""

from __future__ import annotations

# none: there is no text in such files; locked: with a password; broken: not what it says it is; large: it needs too much memory or
# time, or becomes too much when it is unpacked; gone: it is not where files are kept.
WORDS = ("none", "locked", "broken", "large", "gone")


class Unreadable(Exception):
    """`why`: one of WORDS."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
