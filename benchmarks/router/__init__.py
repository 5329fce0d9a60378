"""Does the router spend money where money buys quality?

Measures: apgr, apgr_low, apgr_high, apgr_without_second_look, apgr_complexity, apgr_length_only, apgr_random,
    apgr_oracle, regret, saving_mix
Needs: the shared data set. The engines are simulated; texts, prompts, checks, prices and the router are real
Takes: 2 minutes
"""
