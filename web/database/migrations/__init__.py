"""The shape of the database, step by step, forwards and backwards, on both engines."""
