"""Does the facts check tell a faithful rewrite from one that changed, dropped or invented something?

Measures: caught_closed, closed_false_alarms_light, closed_false_alarms_free, light_kept, light_kept_as_set, light_look,
    light_refused, free_false_kept, free_refused, free_caught, free_kept, auto_*, words_per_s, caught_light_as_set
Needs: the shared data set
Takes: about a minute
"""
