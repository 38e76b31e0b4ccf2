"""Load, by wrk: what is asked, and what it says of the answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16
# The servers have the first processor of the machine, and whoever asks the last.
SERVED_ON, ASKED_ON = {0}, {(os.cpu_count() or 1) - 1}

_SCRIPT = """
local told, sent, number, wrong = dofile(os.getenv("ASKED")), {}, 0, 0
function init()
  for _, each in ipairs(told.headers) do
    each["host"] = "bench"
    sent[#sent + 1] = each
  end
end
function request()
  number = number + 1
  local bodies = told.bodies
  local body = #bodies > 0 and bodies[number % #bodies + 1]:gsub("{n}", os.time() .. number) or nil
  return wrk.format(told.method, (told.path:gsub("{n}", number)), sent[number % #sent + 1], body)
end
function response(status)
  if status ~= told.status then wrong = wrong + 1; print("answered " .. status) end
end
function done(summary, latency)
  io.write(string.format('{"rate": %f, "p50": %f, "p99": %f, "bytes": %d, "asked": %d, "errors": %d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.bytes / math.max(summary.requests, 1), summary.requests,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Asked:
    """A request, again and again. `headers` and `bodies` take turns; `{n}` in a body or a path is a number that grows."""

    path: str
    headers: tuple[Mapping[str, str], ...] = ({},)
    method: str = "GET"
    bodies: tuple[str, ...] = ()
    status: int = 200
    note: str = field(default="", compare=False)


@dataclass(frozen=True)
class Answered:
    """Answers per second, the times in ms that half and 99 of 100 took, their size in bytes, and how many there were."""

    rate: float
    p50: float
    p99: float
    bytes: int
    asked: int


def wrk() -> str:
    """The program, installed when it is missing and that can be done. Raises SystemExit with what to do."""
    if not shutil.which("wrk") and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-qq", "-y", "wrk"], stdout=subprocess.DEVNULL, check=False)
    found = shutil.which("wrk")
    if not found:
        raise SystemExit("The bench asks with wrk: install it (apt-get install wrk, brew install wrk).")
    return found


def load(port: int, asked: Asked, seconds: float) -> Answered:
    """Asks on several connections at once. Raises AssertionError when an answer is not what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        script, told = Path(folder, "ask.lua"), Path(folder, "asked.lua")
        script.write_text(_SCRIPT)
        told.write_text("return " + _lua({**asked.__dict__, "note": None}))
        command = [wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", str(script)]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}/"], env={**os.environ, "ASKED": str(told)}, capture_output=True,
            text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, ASKED_ON),
        )  # fmt: skip
    said = done.stdout.strip().splitlines()
    assert not [line for line in said if line.startswith("answered")], (asked, said[:1])
    found = json.loads(said[-1])
    assert not found.pop("errors"), (asked, said)
    return Answered(**found)


def _lua(value: object) -> str:
    match value:
        case None:
            return "nil"
        case Mapping():
            return "{" + ", ".join(f"[{_lua(name)}] = {_lua(each)}" for name, each in value.items()) + "}"
        case tuple() | list():
            return "{" + ", ".join(map(_lua, value)) + "}"
        case int():
            return str(value)
    return json.dumps(str(value), ensure_ascii=False)
