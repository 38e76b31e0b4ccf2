"""What a form brings: words by field, and files. A body is taken apart once, and only as the forms of this site are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import parse_qsl

from litestar import Request
from multipart import MultipartSegment, PushMultipartParser

from web import checks
from web.entries import attachments
from web.errors import Invalid, TooLarge

_KEY = "dugnad.form"
_MOST_FIELDS = 1000
_HEADER_BYTES = 4096
_SHORT = 20
# More than this of one part is put on the disk meanwhile.
_IN_MEMORY = 1 << 20
# The longest body: of a text, with nine bytes for each of its letters, and of a file; and room for the rest.
MOST_BYTES = 4 << 20
MOST_WITH_FILE = attachments.MOST_BYTES + (1 << 20)


@dataclass(frozen=True)
class Upload:
    """A file that came with a form."""

    filename: str
    file: IO[bytes]


class Form(dict[str, str]):
    """What was typed, by field; a field given twice counts once. A missing one is empty. Files stand apart."""

    files: Mapping[str, Upload] = {}

    def __missing__(self, name: str) -> str:
        return ""

    def file(self, name: str) -> Upload:
        """Raises Invalid when none was chosen."""
        given = self.files.get(name)
        if given is None or not given.filename:
            raise Invalid(name, "Choose a file first.")
        return given

    def id(self, name: str) -> int | None:
        """A thing's id, None when nothing was chosen. Raises Invalid."""
        return checks.integer(name, self[name])

    def on(self, name: str) -> bool:
        return checks.flag(name, self[name])


async def form_of(request: Request) -> Form:
    """Raises Invalid for what no form of ours sends, and TooLarge."""
    scope: Any = request.scope
    if _KEY not in scope:
        media_type, options = request.content_type
        scope[_KEY] = Form()  # what cannot be read is read once
        if media_type == "multipart/form-data":
            scope[_KEY] = await _parts(request, options.get("boundary", ""))
        elif media_type == "application/x-www-form-urlencoded":
            scope[_KEY] = _pairs(await request.body())
    form: Form = scope[_KEY]
    return form


def _pairs(body: bytes) -> Form:
    # Taking a text apart that is nothing but ampersands would take minutes.
    if body.count(b"&") > _MOST_FIELDS:
        raise TooLarge("form", "This has too many parts.")
    try:
        return Form(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeError:
        raise Invalid("form", "This cannot be read.") from None


async def _parts(request: Request, boundary: str) -> Form:
    """Taken apart as it comes, so that no large file is ever held in memory."""
    form, files = Form(), {}
    segment, data = None, _spool()
    try:
        with PushMultipartParser(
            boundary.encode(), max_segment_count=_MOST_FIELDS, max_header_size=_HEADER_BYTES
        ) as parser:
            async for chunk in request.stream():
                for piece in parser.parse(chunk):
                    if isinstance(piece, MultipartSegment):
                        segment, data = piece, _spool()
                    elif piece:
                        data.write(piece)
                    elif segment and segment.filename is not None:
                        files[segment.name] = Upload(segment.filename, data)
                    elif segment:
                        data.seek(0)
                        form[segment.name] = data.read().decode()  # whatever charset it says: ours are all in UTF-8
    except ValueError:  # of the parser, and of the decoder
        raise Invalid("form", "This cannot be read.") from None
    form.files = files
    return form


def _spool() -> IO[bytes]:
    return SpooledTemporaryFile(_IN_MEMORY)


def typed(form: Mapping[str, str]) -> Form:
    """The words in a form, so that no answer need lose them; but for what nobody should read over a shoulder."""
    return Form({name: value for name, value in form.items() if name != "csrf" and "password" not in name})


def kept(request: Request) -> Form:
    """The words that were typed into the form that failed."""
    scope: Any = request.scope
    return Form({name: value.strip() for name, value in typed(scope.get(_KEY, {})).items() if _is_words(name, value)})


def _is_words(name: str, value: str) -> bool:
    """What a form sends of itself is short, and not the text."""
    return bool(value.strip()) and (name in ("body", "quote") or len(value) > _SHORT)
