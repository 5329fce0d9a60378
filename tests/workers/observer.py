"""Another process of the installation: prints, when it changes, what its router may ask and which detector scores."""

from __future__ import annotations

import json
import time

import django

django.setup()

from humanize.generation.availability import live_engines  # noqa: E402
from humanize.pipeline import champions  # noqa: E402  # Django first

if __name__ == "__main__":
    before = ""
    while True:
        shares = {one.name: one.traffic_share for one in live_engines() if one.kind == "model"}
        now = json.dumps({"shares": shares, "detector": champions.DETECTOR.current().version})
        if now != before:
            print(now, flush=True)
        before = now
        time.sleep(0.1)
