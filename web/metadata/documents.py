"""PDF: written anew without its properties, and without what its pictures and pages say of themselves."""

from __future__ import annotations

import io
from typing import Any

from web.metadata import pictures
from web.metadata.errors import CannotStrip

_SIGNED = 1
_SAYS = ("/Metadata", "/PieceInfo", "/LastModified")


def pdf(data: bytes) -> bytes:
    """Older texts that were kept in the file go too. Raises CannotStrip for one that is locked or signed."""
    import pikepdf  # ten megabytes, of use to those who publish

    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        form: Any = document.Root.get("/AcroForm")
        if document.is_encrypted or (form is not None and int(form.get("/SigFlags", 0)) & _SIGNED):
            raise CannotStrip
        if "/Info" in document.trailer:
            del document.trailer["/Info"]
        for each in document.objects:
            _bare(each)
        document.save(made, deterministic_id=True)
    return made.getvalue()


def _bare(thing: Any) -> None:
    import pikepdf

    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return
    for name in _SAYS:
        if name in thing:
            del thing[name]
    jpeg = pikepdf.Name.DCTDecode
    if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") in (jpeg, pikepdf.Array([jpeg])):
        how: Any = thing.get("/DecodeParms")
        thing.write(pictures.jpeg(thing.read_raw_bytes()), filter=jpeg, decode_parms=how)
