"""Small dumps of wikis that never were, as MediaWiki would write them."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

_SITE = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="nb"><siteinfo><sitename>Båtwiki</sitename>'
    "<dbname>{wiki}</dbname><base>https://wiki.example/wiki/Forside</base><case>first-letter</case><namespaces>{spaces}</namespaces></siteinfo>{pages}</mediawiki>"
)
SPACES = {
    -2: "Medium", -1: "Spesial", 0: "", 1: "Diskusjon", 2: "Bruker", 3: "Brukerdiskusjon", 6: "Fil", 7: "Fildiskusjon", 8: "MediaWiki",
    10: "Mal", 14: "Kategori", 15: "Kategoridiskusjon",
}  # fmt: skip


class Text(NamedTuple):
    """`day`: in January 2015. `raw`: what else stands in the revision."""

    text: str
    day: int = 1
    who: str = "Ine Berg"
    comment: str = ""
    minor: bool = False
    ip: bool = False
    model: str = "wikitext"
    raw: str = ""
    id: int = 0
    at: str = ""


def page(id: int, title: str, *texts: Text | str, space: int = 0, redirect: str = "") -> str:
    made = [
        _revision(id, number, text if isinstance(text, Text) else Text(text))
        for number, text in enumerate(texts, start=1)
    ]
    leads = f'<redirect title="{escape(redirect)}"/>' if redirect else ""
    return f"<page><title>{escape(title)}</title><ns>{space}</ns><id>{id}</id>{leads}{''.join(made)}</page>"


def _revision(page: int, number: int, text: Text) -> str:
    who = f"<ip>{text.who}</ip>" if text.ip else f"<username>{escape(text.who)}</username><id>7</id>"
    at = text.at or f"2015-01-{text.day:02}T10:00:00Z"
    said = f'<text xml:space="preserve">{escape(text.text)}</text>' if "<text" not in text.raw else ""
    comment = f"<comment>{escape(text.comment)}</comment>" if text.comment else ""
    return (
        f"<revision><id>{text.id or page * 100 + number}</id><timestamp>{at}</timestamp>"
        f"{'' if '<contributor' in text.raw else f'<contributor>{who}</contributor>'}{'<minor/>' if text.minor else ''}{comment}"
        f"<model>{text.model}</model><format>text/x-wiki</format>{said}{text.raw}</revision>"
    )


def dump(*pages: str, wiki: str = "baatwiki") -> str:
    spaces = "".join(f'<namespace key="{key}" case="first-letter">{word}</namespace>' for key, word in SPACES.items())
    return _SITE.format(wiki=wiki, spaces=spaces, pages="".join(pages))
