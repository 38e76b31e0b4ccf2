"""`python -m web.contents TYPE < FILE` says what stands in a file: why it does not on the first line, if so, and the text on the others.

It takes no more memory and time than is given to it here, writes no file, and knows nothing of the house.
"""

from __future__ import annotations

import sys

from web.aside import bind
from web.contents import Unreadable, text_of

SECONDS, _MEMORY = 20, 1 << 30


def main() -> None:
    bind(_MEMORY, SECONDS)
    try:
        why, text = "", text_of(sys.stdin.buffer, sys.argv[1])
    except Unreadable as wrong:
        why, text = wrong.why, ""
    sys.stdout.buffer.write(f"{why}\n{text}".encode())


if __name__ == "__main__":
    main()
