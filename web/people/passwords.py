"""Passwords and secrets: argon2 for what people remember, SHA-256 for what programs keep."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_hasher = PasswordHasher()


@cache
def nobodys() -> str:
    """A hash that is checked when there is no such person, so that the answer takes as long as for one who is. Made once,
    before anybody signs in."""
    return _hasher.hash(secrets.token_urlsafe(16))


async def hashed(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(kept: str | None, password: str) -> bool:
    """Takes the same time whether or not there is anything to compare with."""
    return await asyncio.to_thread(_verify, kept, password)


def _verify(kept: str | None, password: str) -> bool:
    try:
        return _hasher.verify(kept or nobodys(), password) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is kept of a secret. It is random, so it needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
