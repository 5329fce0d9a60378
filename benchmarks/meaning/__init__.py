"""Does the facts check tell a faithful rewrite from one that changed, dropped or invented something?

Measures: caught_closed, closed_false_alarms_light, closed_false_alarms_free, light_kept, light_kept_as_set, light_refused, free_false_kept,
    free_refused, free_caught, free_kept, auto_caught, auto_caught_closed, auto_cases, auto_kinds, words_per_s, caught_*, auto_*
Needs: the shared data set
Takes: about a minute
"""
