"""Do the pages about training pairs cost the same at a thousand rows and at a million?

Measures: *_ms_1k, *_ms_100k, *_ms_1m
Needs: a private PostgreSQL and Redis (started here)
Takes: 5 minutes
"""
