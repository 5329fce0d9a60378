"""How quickly do jobs start and metrics come in, and what does the learning loop save in a simulated month?

Measures: dispatch_p50_s, metrics_per_s, curve_ms, trainer_overhead, saving_last_week, acceptance_last_week,
    import_pairs_per_s, import_scored_per_s, near_found
Needs: a private PostgreSQL and Redis (started here); the shared data set for the month (left out where it is missing);
    the extra torch for trainer_overhead (make install-torch; left out where it is missing)
Takes: 10 minutes
"""
