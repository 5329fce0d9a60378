"""Rows of training pairs that the database makes itself."""

from __future__ import annotations

from django.db import connection

from training.pairs import statistics

# One pair in a thousand is German, one in ten thousand is in the domain "rare"; ids grow with time, as real ones.
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


def fill(start: int, end: int) -> None:
    """Add the pairs from `start` + 1 to `end`, and count them."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [start, end])
        cursor.execute("VACUUM ANALYZE training_trainingdatapoint")
    statistics.recount()
