"""Whether the pages about pairs cost the same at a thousand rows and at a million: `python -m benchmarks.growth`.

Rows are made in the database itself, on a private PostgreSQL; requests go through a real server, one after the other.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median

from httpx import Client

from benchmarks.speed import _manage, _server
from tests.services import postgres, valkey

SIZES = (1_000, 100_000, 1_000_000)
_TIMES = 9
_ACCOUNT = """
from django.test import Client
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import create_account, create_api_key
account = create_account(username='bench', password='a long sentence 1', tier='ENTERPRISE', staff=True)
account.user.is_superuser = True
account.user.save()
print(create_api_key(account=account, name='bench', key_scopes=(scopes.TRAINING,), actor='bench'))
browser = Client()
browser.force_login(account.user)
print(browser.cookies['sessionid'].value)
"""
# One pair in a thousand is German, one in ten thousand is in the domain "rare"; ids grow with time, as ours do.
INSERT = """
    INSERT INTO training_trainingdatapoint (id, author, original, humanized, words, strategy, level, language,
        domain, quality, reasons, pii, consent_version, content_hash, kept_hash, cluster, split, times_used,
        created_at)
    SELECT (lpad(to_hex(n), 12, '0') || '7' || substr(md5(n::text), 1, 19))::uuid, '',
        repeat(md5(n::text) || ' ', 20), repeat(md5((n + 1)::text) || ' ', 18), 20,
        (ARRAY['casual','professional','academic',''])[1 + n %% 4], 3,
        CASE WHEN n %% 1000 = 0 THEN 'de' ELSE 'en' END,
        CASE WHEN n %% 10000 = 0 THEN 'rare' ELSE (ARRAY['business','academic','news','fiction'])[1 + n %% 4] END,
        (n %% 1000) / 1000.0, '[]', '{}', '', md5(n::text), md5(n::text), gen_random_uuid(),
        (ARRAY['train','train','train','train','train','train','train','train','dev','test'])[1 + n %% 10], 0,
        timestamptz '2026-01-01' + n * interval '1 second'
    FROM generate_series(%s + 1, %s) AS n
"""
_FILL = """
from django.db import connection
from benchmarks.growth import INSERT
from training.pairs import statistics
with connection.cursor() as cursor:
    cursor.execute(INSERT, [FIRST_ROW, LAST_ROW])
    cursor.execute('VACUUM ANALYZE training_trainingdatapoint')
statistics.recount()
"""
PAGES: tuple[tuple[str, str], ...] = (
    ("stats", "/api/v1/training-data/stats"),
    ("list", "/api/v1/training-data"),
    ("list, split=test", "/api/v1/training-data?split=test"),
    ("list, language=de", "/api/v1/training-data?language=de"),
    ("list, domain=rare", "/api/v1/training-data?domain=rare"),
    ("list, none such", "/api/v1/training-data?domain=nothing"),
    ("list, strategy=casual", "/api/v1/training-data?strategy=casual"),
    ("list, min_quality=0.999", "/api/v1/training-data?min_quality=0.999"),
    ("list, de and test", "/api/v1/training-data?language=de&split=test"),
    ("admin", "/admin/training/trainingdatapoint/"),
    ("admin, split=test", "/admin/training/trainingdatapoint/?split=test"),
    ("admin, language=de", "/admin/training/trainingdatapoint/?language=de"),
)


def measure(sizes: Sequence[int] = SIZES) -> dict[str, list[float]]:
    """Median milliseconds by page, one figure a size."""
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        environment = _environment(stack)
        key, session = _manage(environment, "shell", "--no-imports", "-c", _ACCOUNT).split()[-2:]
        port = stack.enter_context(_server(environment))
        client = stack.enter_context(Client(base_url=f"http://127.0.0.1:{port}", timeout=120))
        client.headers["Authorization"] = f"Bearer {key}"
        client.cookies["sessionid"] = session
        start = 0
        for size in sizes:
            _fill(environment, start, size)
            start = size
            for name, path in (*PAGES, *_deep(size)):
                found.setdefault(name, []).append(_ms(client, path))
    return found


def _environment(stack: ExitStack) -> dict[str, str]:
    environment = os.environ | {
        "YOUMAN_VAR": stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-bench-")),
        "DATABASE_URL": stack.enter_context(postgres.running()),
        "REDIS_URL": stack.enter_context(valkey.running()),
        "LOG_LEVEL": "ERROR",
    }
    _manage(environment, "migrate", "--verbosity", "0")
    _manage(environment, "sync_catalogue", "--verbosity", "0")
    return environment


def _fill(environment: Mapping[str, str], start: int, end: int) -> None:
    script = _FILL.replace("FIRST_ROW", str(start)).replace("LAST_ROW", str(end))
    _manage(dict(environment), "shell", "--no-imports", "-c", script)


def _deep(size: int) -> tuple[tuple[str, str], ...]:
    """A page far back: a cursor is the time and the id of a page's last row; here of the row 5 % from the end."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=size // 20)
    key = json.dumps([at.isoformat(), "0" * 32]).encode()
    cursor = base64.urlsafe_b64encode(key).decode().rstrip("=")
    return (("list, far back", f"/api/v1/training-data?cursor={cursor}"),)


def _ms(client: Client, path: str) -> float:
    spent = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        client.get(path).raise_for_status()
        spent.append((time.perf_counter() - started) * 1_000)
    return median(spent)


def main() -> None:
    found = measure()
    print(f"{'ms':26}" + "".join(f"{size:>12,}" for size in SIZES))
    for name, spent in found.items():
        print(f"{name:26}" + "".join(f"{one:12.1f}" for one in spent))


if __name__ == "__main__":
    main()
