"""What an ASGI server serves: `web.asgi:app`."""

from __future__ import annotations

import gc

from web.app import create_app
from web.settings import read_settings

app = create_app(read_settings())
# What is there for good need not be looked through for garbage again and again.
gc.freeze()
