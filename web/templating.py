"""Templates: how they are found, and the words and parts that all of them know."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from web import fragments, static_files, text, urls, words
from web.checks import LONGEST
from web.compiled import Compiled
from web.entries.stems import folded
from web.errors import Closed, FromElsewhere, Invalid
from web.forms import Form
from web.jinja import OurEnvironment, spoken
from web.kinds import KINDS, MENU, TERM_TAGS
from web.times import end_of

_MACROS = ("icon", "people", "spoken", "tags", "counts", "fields", "glide", "whom")


@cache
def environment(language: str) -> Environment:
    """The templates in this language, made once. The macros of `_MACROS` are known in all of them: importing one costs more
    than what most of them write."""
    root = static_files.templates_root()
    made: Any = OurEnvironment(
        loader=FileSystemLoader(root), bytecode_cache=Compiled(root, language, by=Path(__file__)), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], cache_size=-1, auto_reload=False,
    )  # fmt: skip
    made.install_gettext_translations(words.catalogue(language), newstyle=True)
    made.globals.update(spoken(words.catalogue(language)))
    made.globals.update(
        lang=language, languages=words.NAMES, kinds=KINDS, term_tags=TERM_TAGS, longest=LONGEST, menu=MENU, asset=static_files.asset, url_of=urls.url_of,
        verb_url=urls.verb_url, place_url=urls.place_url, section_url=urls.section_url, keyed_feed_url=urls.keyed_feed_url, series_url=urls.series_url, markdown_url=urls.markdown_url, zip_url=urls.zip_url, permalink=urls.permalink, kind_url=urls.kind_url,
        tag_url=urls.tag_url, file_url=urls.file_url, file_verb_url=urls.file_verb_url, version_url=urls.version_url, small_url=urls.small_url, kept_url=urls.kept_url, draft_url=urls.draft_url, mail_url=urls.mail_url, formulas=static_files.FORMULAS, word=partial(word, language), tongue=partial(_tongue, language), options=partial(_options, language),
        why=partial(why, language), note=partial(_note, language), kind_word=lambda name: word(language, "KIND", name), kind_words=lambda name: word(language, "KINDS", name),
        part=fragments.part, nothing_typed=Form(), weekdays=partial(words.weekdays, language), template_of=partial(_template_of, language),
    )  # fmt: skip
    made.filters.update(
        ago=_ago, date=partial(words.date, language=language), month=partial(words.month, language=language), day=lambda written: words.date(end_of(written), language),
        datetime=partial(words.date_and_time, language=language), bytes=partial(words.size, language=language),
        iso=words.iso, up_to=_up_to, current=_current, plain=_plain, folded=folded, excerpt=text.excerpt, initials=_initials, hue=_hue,
    )  # fmt: skip
    for part in _MACROS:
        exported = vars(made.get_template(f"parts/{part}.html").module)
        made.globals.update({name: each for name, each in exported.items() if isinstance(each, Macro)})
    return made


@cache
def _template_of(language: str, kind: str, name: str) -> str:
    """A kind's own template, or the one that all kinds share."""
    return environment(language).select_template([f"kinds/{kind}/{name}", f"entries/{name}"]).name or ""


def _tongue(language: str, lang: str | None) -> str:
    """What the language of a text is called; as it is written where we have no word for it."""
    return word(language, "TONGUES", lang) if lang in words.TONGUES else lang or ""


def word(language: str, table: str, name: str) -> str:
    """`word("ROLES", "host")` → the word in this language."""
    return words.catalogue(language).gettext(getattr(words, table)[name])


def _options(language: str, table: str, names: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """What can be chosen of a table, or all of it; each with its word in this language."""
    return [(name, word(language, table, name)) for name in names or getattr(words, table)]


def why(language: str, wrong: Exception | None, field: str | None = None) -> str:
    """What is wrong with a field (or at all), in this language; empty when it is not that one."""
    translated = words.catalogue(language).gettext
    if isinstance(wrong, (Closed, FromElsewhere)) and field is None:
        return translated(wrong.why)
    if not isinstance(wrong, Invalid) or (field is not None and wrong.field != field):
        return ""
    values = {name: translated(each) if isinstance(each, str) else each for name, each in wrong.values.items()}
    return translated(wrong.why) % values if values else translated(wrong.why)


# What an event notes that is not a person's words: which table they are in, how many, and whether the rest is a person's.
EVENT_NOTES = {
    "stage": ("STAGES", 1, True), "turn": ("KIND", 2, False), "tend": ("EVERY", 1, True),
    **dict.fromkeys(("uncredit", "credit"), ("", 0, False)),
}  # fmt: skip


def _note(language: str, verb: str, note: str) -> str:
    """`stage` and `declined Too dear` → `Avslått: Too dear`, in this language."""
    table, many, more = EVENT_NOTES.get(verb, ("", 0, True))
    noted = [word(language, table, name) for name in note.split(" ", many)[:many]]
    said = " ".join(note.split(" ", many)[many:]) if more else ""
    return ": ".join(filter(None, (" → ".join(noted), said)))


@pass_context
def _ago(context: Context, ms: int) -> str:
    """How long ago; in a snapshot, which is read whenever, the day."""
    if leave_open := context.get("open_times"):
        return str(leave_open(ms))
    language = context["lang"]
    return words.date(ms, language) if context.get("snapshot") else words.ago(ms, language)


def _current(html: str, here: str) -> Markup:
    """The same with the link to the page that is shown marked as such."""
    link = f'href="{escape(here)}"'
    return Markup(str(html).replace(link, f'{link} aria-current="page"', 1))


def _up_to(count: int, most: int) -> str:
    """`20+` for what was counted no further."""
    return f"{most}+" if count > most else str(count)


def _plain(html: str) -> Markup:
    """What was made for a page, for a letter that has no marks."""
    return Markup(Markup(html).unescape())


def _initials(name: str) -> str:
    parts = name.split()
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper()


def _hue(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0] % 6 + 1
