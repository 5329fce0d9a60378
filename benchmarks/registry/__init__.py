"""How fast is the registry, and how much memory does it take, compared with MLflow?

Measures: create_per_s, create16_per_s, get_ms, alias_get_ms, search_1k_ms, search_10k_ms, alias_set_1k_ms,
    alias_set_10k_ms, upload_mib_s, upload_mb, rss_mb
Needs: a private PostgreSQL and Redis (started here); as peer, MLflow from PyPI (installed on first use into var/mlflow;
    left out where that fails)
Takes: 4 minutes
"""
