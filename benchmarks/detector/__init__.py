"""Does the shipped detector tell machines from people, on drafts of today too, and is what it promises people true?

Measures: auroc_dev, auroc_dev_60, auroc_2026, drafts_2026_flagged, rewrites_2026_flagged, ai_flagged, human_flagged,
    false_positives_beyond_promise, worst_genre, words_per_s, left_out_dev, left_out_2026
Needs: the shared data set
Takes: half a minute
"""
