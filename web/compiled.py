"""What templates are compiled to, kept beside them as Python keeps what modules are: it takes longer than most of what is done with them."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError

import jinja2
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """Of the templates in that folder. `by`: what they are compiled by, besides Jinja itself; what another made is made anew. Where nobody
    may write, nothing is kept."""

    def __init__(self, folder: Path, language: str, by: Path) -> None:
        super().__init__(str(folder / "__pycache__"), f"%s.{language}.{sys.implementation.cache_tag}")
        self._by = jinja2.__version__.encode() + by.read_bytes()

    def get_source_checksum(self, source: str) -> str:
        return hashlib.sha256(self._by + source.encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError, EOFError, ValueError, UnpicklingError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)
