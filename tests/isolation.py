"""A pytest plugin that is loaded before the settings, so that parallel tests share no Redis database."""

from __future__ import annotations

import os


def redis_url_for(worker: str, url: str) -> str:
    """Workers are gw0, gw1, …; the database 0 is for a run without any."""
    number = worker.removeprefix("gw")
    if not url or not number.isdigit():
        return url
    return f"{url}{'&' if '?' in url else '?'}db={int(number) + 1}"


os.environ["REDIS_URL"] = redis_url_for(os.environ.get("PYTEST_XDIST_WORKER", ""), os.environ.get("REDIS_URL", ""))
