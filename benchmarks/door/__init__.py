"""How much of what a large model can do for a paragraph gets through our door, and does a changed fact get through too?

Measures: kept, refused_faithful, false_kept, doubtful_kept, gain_kept, gain_kept_without_opinions,
    gain_kept_without_look, gain_kept_by_version_1, likelihood_difference, flagged_*, cost_ratio, cost_*,
    kept_without_opinions, faithful_to_look_without_opinions, drafts_*
Needs: the shared data set
Takes: about a minute
"""
