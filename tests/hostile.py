"""Text that means harm, of our own making and from collections beside the project; and the judge of what became of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import html5lib

OWN = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>",
    "[click](javascript:alert(1))", "[click](JaVaScRiPt&#58;alert(1))", "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](\x01javascript:alert(1))", "![x](javascript:alert(1))", "![x](x\" onerror=\"alert(1))", "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]", "\"><script>alert(1)</script>", "' onmouseover='alert(1)", "{{ 7 * 7 }}", "{% include 'x' %}",
    "[[\"><img src=x onerror=alert(1)>]]", "[[a|<script>alert(1)</script>]]", "@<script>", "#<script>", "``` \"onclick=alert(1)\nx\n```",
    "| a |\n|---|\n| <script>alert(1)</script> |", "[^1]\n\n[^1]: <img src=x onerror=alert(1)>", "> [!NOTE]\n> <script>alert(1)</script>",
    "<style>*{display:none}</style>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0;url=//evil.example>",
    "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>", "<!--><script>alert(1)</script>-->",
    "\u202eexe.txt", "\u2028\u2029", "a\u0300" * 200, "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧‍👦", "%s %d %(x)s", "${7*7}", "../../etc/passwd", "'; DROP TABLE entry; --",
    "*a _b " * 300 + "_ *" * 300, "[" * 2000, ">" * 500, "\t\r\n\v\f", "_" * 3000,
)  # fmt: skip


def collected(shared: Path) -> list[str]:
    """Hostile texts from the collections, where they are."""
    found: list[str] = []
    for path in sorted((shared / "adv-dompurify").rglob("*.json")):
        found += _strings(json.loads(path.read_text("utf-8")))
    blns = shared / "adv-blns" / "blns.json"
    return found + (json.loads(blns.read_text("utf-8")) if blns.is_file() else [])


def _strings(given: Any) -> list[str]:
    if isinstance(given, list):
        return [each for item in given for each in _strings(item)]
    if isinstance(given, dict):
        return [given["payload"]] if isinstance(given.get("payload"), str) else []
    return []


def harm_in(html: str) -> list[str]:
    """What in a page could run, load or send something that we did not mean. Judged on the parsed page."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    found: list[str] = []
    for each in tree.iter():
        if not isinstance(each.tag, str):
            continue
        if each.tag in ("iframe", "object", "embed", "base", "applet", "frame", "style", "math"):
            found.append(each.tag)
        if each.tag == "script" and not (each.get("src") or "").startswith("/static/"):
            found.append("script")
        if each.tag == "meta" and each.get("http-equiv"):
            found.append("meta")
        for name, value in each.attrib.items():
            if str(name).startswith("on") or str(name) == "style":
                found.append(f"{each.tag} {name}")
            if str(name) in ("href", "src", "action", "formaction", "xlink:href", "poster", "data") and _harmful(value):
                found.append(f"{each.tag} {name}={value[:60]}")
            if str(name) == "src" and not value.startswith(("/", "data:image/")):
                found.append(f"{each.tag} src={value[:60]}")
    return found


def _harmful(address: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", address).lower()
    return plain.startswith(("javascript:", "vbscript:", "data:", "file:", "//")) and not plain.startswith(
        "data:image/svg+xml"
    )
