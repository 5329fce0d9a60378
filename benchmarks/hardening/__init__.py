"""Does anyone get in who should not, does anything stop the house, and does it come back by itself?

Measures: attack_cases, attacks_through, slowest_growth, redis_restarts_survived, false_unavailable, attacks_*
Needs: a private PostgreSQL and Redis (started here); nginx for the cases of slow clients
Takes: about 25 minutes
"""
