"""What is said when a file keeps what it says of itself."""


class CannotStrip(Exception):
    """It cannot be taken out: the file is broken, locked, signed, or of a kind that nobody here knows."""
