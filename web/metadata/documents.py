"""PDF: written anew without its properties, and without what its pictures and pages say of themselves. That is done in a process of its own
(`web/metadata/__main__.py`): less than a megabyte may ask for gigabytes when it is unpacked."""

from __future__ import annotations

import io
import subprocess
from typing import Any

from web.aside import begun
from web.metadata import pictures
from web.metadata.errors import CannotStrip

_SIGNED, _PATIENCE = 1, 120
# So many bytes may one of the pieces that hold its parts be, when it is unpacked.
_PIECE = 64 << 20
_UNREAD = "error decoding stream data"
_SAYS = ("/Metadata", "/PieceInfo", "/LastModified")


def pdf(data: bytes) -> bytes:
    """Older texts that were kept in the file go too. Raises CannotStrip, for one that is locked or signed and for one that takes too much."""
    with begun("web.metadata") as process:
        try:
            made, _ = process.communicate(data, _PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise CannotStrip from None
    if process.returncode:
        raise CannotStrip
    return made


def bare_pdf(data: bytes) -> bytes:
    """The same, in this process. Raises CannotStrip, and whatever a broken file does to its reader."""
    import pikepdf  # ten megabytes, of use to those who publish

    pikepdf.settings.set_qpdf_limits(flate_max_memory=_PIECE)
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        form: Any = document.Root.get("/AcroForm")
        if document.is_encrypted or (form is not None and int(form.get("/SigFlags", 0)) & _SIGNED):
            raise CannotStrip
        if "/Info" in document.trailer:
            del document.trailer["/Info"]
        for each in document.objects:
            _bare(each)
        # What cannot be unpacked would be left out without a word.
        if any(_UNREAD in each for each in document.get_warnings()):
            raise CannotStrip
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
