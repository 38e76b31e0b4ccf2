"""The files of the demo house: a drawing of a quay, and a list that has been changed since."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from web.database import at
from web.entries import actions, attachments, queries, versions
from web.entries.actions import Fields
from web.entries.rows import Attachment
from web.policy import Viewer
from web.storage import Storage
from web.times import DAY
from web.urls import file_url

_PAGE = "f-kai-eidsosen"
_SHOWS = "Fergekaia sett ovenfra: ferga med baugen mot kaibrua, oppstillingsplassen i sør, kafeen ved veien."
_CAPTION = "Slik ligger kaia. Nord er opp."
_LISTS = (
    "Før kaibrua går ned:\n\n1. Bommen er nede.\n2. Ingen står på brua.\n3. Matrosen har sett deg.\n",
    "Før kaibrua går ned:\n\n1. Bommen er nede.\n2. Ingen står på brua.\n3. Matrosen har sett deg, og du har sett matrosen.\n4. Strøsanden står klar når det er frost.\n",
)


async def keep(files: Storage, viewers: Mapping[str, Viewer], named: Mapping[str, int], moment: int) -> None:
    """Puts them into the page about the quay, on the day before `moment` (ms)."""
    gunnar, marit = viewers["gunnar"], viewers["marit"]
    with at(moment - DAY):
        drawing = await attachments.keep(gunnar, files, "kaia.png", BytesIO(_drawn()), alt=_SHOWS)
        first = await attachments.keep(gunnar, files, "sjekkliste-kaibru.txt", BytesIO(_LISTS[0].encode()))
        page = await queries.entry(gunnar, named[_PAGE])
        said = f'![{_SHOWS}|420]({_to(drawing)} "{_CAPTION}")\n\nTa med deg [sjekklisten for kaibrua]({_to(first)}).'
        tags = await queries.form_tags(page.id)
        fields = Fields(page.title, f"{page.body}\n\n{said}", tags=tags, lang=page.lang, minor=True)
        await actions.edit(gunnar, page.id, fields, page.revision)
    with at(moment - DAY // 2):
        await versions.bring(
            marit, files, first.id, BytesIO(_LISTS[1].encode()), "Strøsand, etter frosten i forrige uke"
        )


def _to(file: Attachment) -> str:
    return file_url(file.id, file.name)


def _drawn() -> bytes:
    from PIL import Image, ImageDraw  # ten megabytes

    picture = Image.new("RGB", (1260, 840), (188, 212, 219))
    pen = ImageDraw.Draw(picture)
    pen.polygon([(0, 0), (560, 0), (480, 300), (620, 420), (540, 840), (0, 840)], fill=(222, 214, 190))
    pen.line([(60, 0), (240, 330), (500, 370)], fill=(150, 146, 138), width=46)
    pen.rectangle((470, 330, 640, 420), fill=(120, 116, 110))
    pen.rectangle((640, 345, 700, 405), fill=(205, 120, 40))
    pen.polygon([(700, 310), (1110, 310), (1180, 375), (1110, 440), (700, 440)], fill=(29, 92, 73))
    pen.rectangle((800, 340, 980, 410), fill=(250, 250, 245))
    pen.rectangle((300, 420, 470, 560), fill=(170, 166, 158))
    pen.rectangle((130, 250, 200, 310), fill=(176, 62, 48))
    made = BytesIO()
    picture.save(made, "PNG", optimize=True)
    return made.getvalue()
