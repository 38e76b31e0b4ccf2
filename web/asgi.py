"""What an ASGI server serves: `web.asgi:app`."""

from __future__ import annotations

import gc

from web.thrift import be_thrifty

be_thrifty()
# What is there for good need not be looked through for garbage again and again, neither while it is made nor later.
gc.disable()

from web.app import create_app
from web.settings import read_settings

app = create_app(read_settings())
gc.freeze()
gc.enable()
