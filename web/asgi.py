"""What an ASGI server serves: `web.asgi:app`."""

from __future__ import annotations

from web.app import create_app
from web.settings import read_settings

app = create_app(read_settings())
