"""Drives wrk and reads what it measured."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

_SCRIPT = """
local body = [==[%s]==]
local counter, thread = 0, 0
function setup(t) t:set("id", thread); thread = thread + 1 end
function init(args) math.randomseed(os.time() * 1000 + id) ; salt = math.random(1, 1e9) end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-API-Key"] = "%s"
function request()
  counter = counter + 1
  local player = string.format("w%%d-%%d-%%d", salt, id, counter)
  return wrk.format(nil, nil, nil, (body:gsub("PLAYER", player)))
end
function done(summary, latency, requests)
  io.write(string.format('FIGURES {"p50": %%f, "p99": %%f, "rps": %%f, "errors": %%d}\\n',
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.requests / summary.duration * 1e6,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


class Figures(NamedTuple):
    p50_ms: float
    p99_ms: float
    requests_per_second: float
    errors: int


def drive(url: str, body: str, connections: int, seconds: int, key: str = "") -> Figures:
    """POSTs `body` for some seconds; every PLAYER in it becomes a player never seen before."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "post.lua")
        script.write_text(_SCRIPT % (body, key))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), url]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    line = next(line for line in output.splitlines() if line.startswith("FIGURES "))
    read = json.loads(line.removeprefix("FIGURES "))
    return Figures(read["p50"], read["p99"], read["rps"], read["errors"])
