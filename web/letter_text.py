"""What somebody says in a letter: without what they answer to, without their signature, and with the files that came along."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import EmailPolicy
from typing import Any

from web.cleaning import clean
from web.text import plain

MOST_FILES = 10
# What a letter is made of: more of it, or longer, takes longer and longer to be taken apart, and nobody writes so.
_MOST_PARTS, _MOST_WITHIN, _MOST_HEADERS, _MOST_LINES = 100, 10, 2000, 1_000_000
_LONGEST_HEADER, _MOST_WORDS = 1000, 1 << 20
_SLOW = ("punycode", "idna")
# After one of these nothing follows but the letter that is answered, whole.
_BEFORE_THE_OLD = re.compile(
    r"-{2,} ?(Original Message|Opprinnelig melding|Forwarded message|Videresendt melding) ?-{2,}|_{20,}", re.I
)
_FROM = re.compile(r"\*?(From|Fra|Från|Von):\*? .+", re.I)
_SENT = re.compile(r"\*?(Sent|Sendt|Dato|Date|Skickat):\*? .+", re.I)
_WROTE = re.compile(r"(.*\b(wrote|skrev|writes|schrieb)\b.*:)|(On|Den|Am) .*[<>@\d].*", re.I)
_QUOTED = re.compile(r"\s*(>|$)")
_QUOTE = re.compile(r"<(/?)blockquote[^>]*>")
_NOTHING = re.compile(r"(?:</?div[^>]*>|<br ?/?>|</?p>|\s)*")


class _TooMuch(ValueError):
    """It is made of more than anybody writes."""


class _Part(EmailMessage):
    def __init__(self, policy: Any = None) -> None:
        super().__init__(policy)
        policy.takes("parts")

    def get_boundary(self, failobj: Any = None) -> Any:
        self.policy.takes("within")  # type: ignore[attr-defined]
        return super().get_boundary(failobj)


_READS = HeaderRegistry()


class _Wary(EmailPolicy):
    """Of one letter: `left` says how much more of what there may be. Of a header no more is read than has its place there."""

    left: dict[str, int] = {}

    def takes(self, what: str) -> None:
        self.left[what] -= 1
        if self.left[what] < 0:
            raise _TooMuch(what)

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        self.takes("headers")
        return super().header_source_parse(sourcelines)


def taken_apart(data: bytes) -> EmailMessage:
    """Any bytes as a letter. Raises ValueError for what is made of more than anybody writes."""
    if data.count(b"\n") + data.count(b"\r") > 2 * _MOST_LINES:
        raise _TooMuch("lines")
    wary: Any = _Wary  # of what a policy may be given, its type does not know what is our own
    left = {"parts": _MOST_PARTS, "within": _MOST_WITHIN, "headers": _MOST_HEADERS}
    made = wary(
        left=left, message_factory=_Part, header_factory=lambda name, value: _READS(name, value[:_LONGEST_HEADER])
    )
    mail: Any = BytesParser(policy=made).parsebytes(data)
    return mail


@dataclass(frozen=True)
class File:
    """What came along."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Said:
    """Markdown, and files."""

    text: str
    files: tuple[File, ...]


def said_in(mail: EmailMessage) -> Said:
    """The plain part, or else what stands in the HTML."""
    body = mail.get_body(("plain",)) or mail.get_body(("html",))
    written = _words(body) if body is not None else ""
    files = tuple(
        File(part.get_filename() or f"file.{part.get_content_subtype()}", data)
        for part in mail.walk()
        if part is not body and not part.is_multipart() and _is_a_file(part) and (data := _bytes(part))
    )
    return Said(without_the_old(written), files[:MOST_FILES])


def _is_a_file(part: MIMEPart) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _bytes(part: MIMEPart) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _words(part: MIMEPart) -> str:
    data, charset = _bytes(part)[:_MOST_WORDS], part.get_content_charset() or "utf-8"
    try:
        written = data.decode("utf-8" if codecs.lookup(charset).name in _SLOW else charset)
    except (LookupError, UnicodeDecodeError):
        written = data.decode("utf-8", "replace")
    written = written.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if part.get_content_subtype() == "html":
        return plain(_without_last_quote(clean(written)))
    return _joined(written) if part.get_param("format") == "flowed" else written


def _without_last_quote(html: str) -> str:
    """What a letter quotes at its end stands there as a `>` alone, as it does in plain text."""
    depth, start, end = 0, 0, 0
    for mark in _QUOTE.finditer(html):
        if not mark[1] and depth == 0:
            start = mark.start()
        depth += -1 if mark[1] else 1
        end = mark.end()
    return f"{html[:start]}<p>&gt;</p>" if end and depth == 0 and _NOTHING.fullmatch(html, end) else html


def _joined(written: str) -> str:
    """Lines that were broken for the way only (RFC 3676)."""
    lines: list[str] = []
    open_ = False
    for line in written.split("\n"):
        line = line[1:] if line.startswith(" ") else line
        if open_ and not line.startswith(">") and line != "-- ":
            lines[-1] += line
        else:
            lines.append(line)
        open_ = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(lines)


def without_the_old(written: str) -> str:
    """A letter without the one that it answers, and without its signature. Only what ends the letter is cut: what is answered to point by
    point stays."""
    lines = [line.rstrip() if line != "-- " else line for line in written.split("\n")]
    for number, line in enumerate(lines):
        if line == "-- " or _BEFORE_THE_OLD.fullmatch(line.strip()) or _is_a_head(lines[number : number + 3]):
            lines = lines[:number]
            break
    quoted = len(lines)
    while quoted and _QUOTED.match(lines[quoted - 1]):
        quoted -= 1
    if any(line.lstrip().startswith(">") for line in lines[quoted:]):
        lines = _without_attribution(lines[:quoted])
    return "\n".join(lines).strip()


def _is_a_head(lines: list[str]) -> bool:
    """Of a letter that stands whole under the answer: who sent it, and when."""
    return (
        len(lines) > 1
        and bool(_FROM.fullmatch(lines[0].strip()))
        and any(_SENT.fullmatch(each.strip()) for each in lines[1:])
    )


def _without_attribution(lines: list[str]) -> list[str]:
    """`On Monday Kari <kari@house.example> wrote:`, also where that is broken into two lines."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    if lines and lines[-1].endswith(":") and _WROTE.fullmatch(lines[-1]):
        broken = len(lines) > 1 and lines[-2] and re.match(r"(On|Den|Am|Le) .*\d", lines[-2])
        return lines[: -2 if broken and not re.match(r"(On|Den|Am|Le) ", lines[-1]) else -1]
    return lines
