"""How many pairs per second are imported, and are near duplicates still found?

Measures: import_pairs_per_s, import_scored_per_s, near_found
Needs: a private PostgreSQL and Redis (started here); sentences of the shared data set (made up where it is missing)
Takes: 4 minutes
Part of: flywheel
"""
