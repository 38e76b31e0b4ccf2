"""What can go wrong on purpose. `http` turns each into a page, `api` into problem details, `cli` into a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar


class NotThere(Exception):
    """Not there, or not for this viewer to see. Nobody can tell the two apart (404)."""


class NotAllowed(Exception):
    """The viewer may see the thing, but not do this to it (403)."""


class SignInNeeded(NotAllowed):
    """Nobody is signed in, and this needs somebody (sign-in page, or 401)."""


class FromElsewhere(NotAllowed):
    """A form that did not come from a page of ours (403)."""

    why = "This came from another site, or from a page that is too old. Open the page here and try again."


class Closed(NotAllowed):
    """The conversation takes no more replies, whoever writes (403)."""

    why = "This conversation is closed. Copy what you wrote, and begin a new one that links to it; or ask whoever closed it to open it again."


class Invalid(Exception):
    """Something typed cannot be accepted (422).

    `field` names the form field or JSON key, `why` is an English sentence that the catalogues translate,
    with `%(name)s` places filled from `values`.
    """

    def __init__(self, field: str, why: str, **values: object) -> None:
        super().__init__(f"{field}: {why % values if values else why}")
        self.field = field
        self.why = why
        self.values = values


@dataclass(frozen=True)
class Standing:
    """Where some words stand in a plain text: from `at` on (in code points), and what is around them."""

    at: int
    before: str
    words: str
    after: str


class Several(Invalid):
    """Words that stand in several places, and nothing says which of these is meant."""

    def __init__(self, field: str, why: str, places: list[Standing]) -> None:
        super().__init__(field, why)
        self.places = places


class TooLarge(Invalid):
    """A file or request with more bytes than is allowed (413)."""


class TooMany(Exception):
    """Too many tries (429). `seconds` says when to try again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} seconds")
        self.seconds = seconds


class Unavailable(Exception):
    """Where the files are kept does not answer, or refuses (503). `why` is for whoever runs the house, and nobody else."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The files cannot be reached: {why}")


class NotDone(Exception):
    """What was asked for at the terminal cannot be done; one sentence says why."""


@dataclass(frozen=True)
class Version:
    """One text of an entry, as the conflict page shows it."""

    title: str
    body: str
    url: str | None = None
    tags: str = ""
    lang: str | None = None
    lead: str = ""


class Taken(Invalid):
    """What somebody chose is somebody else's already."""


class Conflict(Exception):
    """The entry was changed meanwhile and the changes cannot be merged (409).

    `merged` holds both sides, with conflict marks around what could not be settled; `revision` is
    the one to base the next try on.
    """

    def __init__(self, revision: int, base: Version, theirs: Version, mine: Version, merged: Version) -> None:
        super().__init__("somebody else changed the same lines meanwhile")
        self.revision = revision
        self.base = base
        self.theirs = theirs
        self.mine = mine
        self.merged = merged


T = TypeVar("T")


def there(found: T | None) -> T:
    """What was found. Not there and not visible are the same to whoever asks: raises NotThere."""
    if found is None:
        raise NotThere
    return found
