"""`python -m web.metadata < PDF` gives it without what it says of itself, or ends with 1.

It takes no more memory and time than is given to it here, writes no file, and knows nothing of the house.
"""

from __future__ import annotations

import sys

from pikepdf import settings

from web.aside import bind
from web.metadata.documents import bare_pdf

# Of one piece that is unpacked, so many bytes; of all of it, so many. Of the processor, so many seconds.
_PIECE, _MEMORY, _SECONDS = 64 << 20, 1 << 30, 60


def main() -> None:
    bind(_MEMORY, _SECONDS)
    settings.set_qpdf_limits(flate_max_memory=_PIECE)
    sys.stdout.buffer.write(bare_pdf(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
