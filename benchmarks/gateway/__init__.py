"""What does a call through the gateway cost, compared with the vendor's plain SDK and with LiteLLM?

Measures: added_p50_ms, added_cpu_ms, times_litellm_router, share_of_sdk, rss_mb
Needs: a private PostgreSQL and Redis (started here); as peer, LiteLLM from PyPI (installed on first use into
    var/litellm; left out where that fails). GATEWAY_SECONDS and GATEWAY_ROUNDS shorten a run
Takes: 3 minutes
"""
