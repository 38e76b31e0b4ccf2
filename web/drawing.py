"""Draws diagrams written in Mermaid as SVG, in a process of its own: one that takes too long, or too much room, ends with that process.

Run as a program it answers each line of JSON, a diagram's text, with one: `{"svg": …}` or `{"wrong": …}`.
"""

from __future__ import annotations

import atexit
import json
import re
import signal
import subprocess
import sys
import threading
import time
from functools import cache
from html import unescape
from importlib.util import find_spec
from typing import Any, NamedTuple
from urllib.parse import quote

from web.aside import begun, bind

# In characters; seconds of a processor; bytes; and seconds that nobody asks for anything.
_LONGEST, _MOST_SECONDS, _MOST_MEMORY, _IDLE = 20_000, 1.0, 1 << 30, 300
_LONGEST_WAIT = 20.0  # seconds, where the machine is busy
_LONGEST_SVG, _LONGEST_WORDS = 500_000, 400
_LOOK = json.dumps({
    "theme": "base", "htmlLabels": False, "fontFamily": "arial, sans-serif",
    "themeVariables": {
        "fontSize": "15px", "primaryColor": "#e8f1ec", "primaryBorderColor": "#1d5c49", "primaryTextColor": "#1a2321", "lineColor": "#56635d",
        "secondaryColor": "#fdf0df", "tertiaryColor": "#eceef3", "noteBkgColor": "#fdf0df", "noteBorderColor": "#a9540a",
    },
})  # fmt: skip
# How the address of a diagram begins, which is all of it.
PICTURE = "data:image/svg+xml,"
_HEAD = re.compile(r"\s*---[ \t]*\n.*?\n---[ \t]*(?:\n|$)", re.DOTALL)
_SIZE = re.compile(r'<svg[^>]*? viewBox="[-\d.e]+[ ,]+[-\d.e]+[ ,]+([\d.]+)[ ,]+([\d.]+)"')
_FILLS = ' width="100%"'
_TITLE = re.compile(r"<(title|desc)\b[^>]*>(.*?)</\1>", re.DOTALL)
_WORDS = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class Drawing(NamedTuple):
    """A diagram as it is shown, as large as it is drawn (in CSS pixels). `words`: what it says, for those who hear it; `took`:
    how many seconds of a processor."""

    svg: str
    width: int
    height: int
    words: str
    took: float

    @property
    def src(self) -> str:
        """Where it is shown from: as a picture, whatever somebody has got into it can do and fetch nothing."""
        return PICTURE + quote(self.svg, safe=" !$()*+,-./:;=?@[]^_`{|}~'")


class NotDrawn(Exception):
    """What is wrong with it, in the words of whoever draws; and how many seconds of a processor it took to find out."""

    def __init__(self, why: str, took: float = 0.0) -> None:
        super().__init__(why)
        self.took = took


class TooLong(NotDrawn):
    """It was given up."""

    def __init__(self) -> None:
        super().__init__("it takes too long")


@cache
def draws() -> bool:
    """Whether there is anything here to draw with."""
    return find_spec("mmdr") is not None


def draw(written: str) -> Drawing:
    """The diagram, always the same one of the same text. Threads may call it at once. Raises NotDrawn."""
    if len(written) > _LONGEST:
        raise NotDrawn(f"it is longer than {_LONGEST} characters")
    head = _HEAD.match(written)
    at = head.end() if head else 0
    answer = _aside.ask(f"{written[:at]}%%{{init: {_LOOK}}}%%\n{written[at:]}")
    svg, took = answer.get("svg", ""), answer.get("took", 0.0)
    size = _SIZE.match(svg)
    if not size or len(svg) > _LONGEST_SVG:
        raise NotDrawn(" ".join(str(answer.get("wrong") or "it is too large").split())[:200], took)
    width, height = (max(1, round(float(each))) for each in size.groups())
    return Drawing(svg.replace(_FILLS, f' width="{width}" height="{height}"', 1), width, height, _words(svg), took)


def _words(svg: str) -> str:
    said = [found[2] for found in _TITLE.finditer(svg)] or [found[1] for found in _WORDS.finditer(svg)]
    lines = dict.fromkeys(" ".join(unescape(_TAG.sub(" ", each)).split()) for each in said)
    return ", ".join(filter(None, lines))[:_LONGEST_WORDS]


class _Aside:
    """The process, begun when it is first asked, and again when it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0.0

    def ask(self, written: str) -> dict[str, Any]:
        with self._lock:
            if time.monotonic() - self._asked > _IDLE / 2:
                self.end()
            self._process = process = self._process or begun("web.drawing")
            try:
                answer = _answer(process, written)
            except (OSError, ValueError):
                self.end()
                raise TooLong from None
            self._asked = time.monotonic()
            return answer

    def end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None


_aside = _Aside()
atexit.register(_aside.end)


def _answer(process: subprocess.Popen[bytes], written: str) -> dict[str, Any]:
    """Raises OSError or ValueError where it ends instead."""
    assert process.stdin and process.stdout
    late = threading.Timer(_LONGEST_WAIT, process.kill)
    late.start()
    try:
        process.stdin.write(json.dumps(written).encode() + b"\n")
        process.stdin.flush()
        found: dict[str, Any] = json.loads(process.stdout.readline())
        return found
    finally:
        late.cancel()


def _main() -> None:
    import mmdr

    bind(_MOST_MEMORY)
    signal.alarm(_IDLE)
    for line in sys.stdin.buffer:
        # Nothing catches what these send: the process ends, in the midst of whatever it does.
        signal.setitimer(signal.ITIMER_PROF, _MOST_SECONDS)
        start = time.process_time()
        try:
            answer = {"svg": mmdr.render(json.loads(line)).svg()}
        except Exception as wrong:
            answer = {"wrong": str(wrong)}
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(_IDLE)
        print(json.dumps({**answer, "took": time.process_time() - start}), flush=True)


if __name__ == "__main__":
    _main()
