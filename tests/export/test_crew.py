"""The processes that make the pages."""

from __future__ import annotations

import subprocess
import sys

_ENDED_BY_FORCE = """
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor
from export.crew import end_with_parent
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), end_with_parent)
    pool.submit(os.getpid).result()
    os._exit(9)
"""


def test_they_end_with_the_one_that_began_them_whatever_ends_it() -> None:
    # What it says comes to an end when nobody is left who could say any more.
    done = subprocess.run([sys.executable, "-c", _ENDED_BY_FORCE], stdout=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 9
