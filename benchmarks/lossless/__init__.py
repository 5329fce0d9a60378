"""Is anything lost or changed without anyone seeing it?

Measures: idempotent_doubles, answers_without_row
Needs: a private PostgreSQL and Redis (started here)
Takes: about 10 minutes
"""
