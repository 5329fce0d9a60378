"""How good is the revision model that the shared pairs train, compared with the rules and with leaving drafts alone?

Measures: auroc_l2r, auroc_lamp, f05_over_rules, sari_over_rules, lost, length_out, flag_drop, human_edits_per_100w,
    signable, train_minutes, words_per_s, artifact_mb, gain_lamp, gain_l2r,
    gain_2026, worse
Needs: the shared data set. YOUMAN_EDITOR_MODEL names a model folder to measure instead of training one
Takes: 25 minutes
"""
