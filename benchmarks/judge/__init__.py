"""Do both judges of writing prefer what professional editors made of a draft, and what readers prefer?

Measures: ranker_lamp, ranker_lamp_low, ranker_lamp_high, reporter_lamp, reporter_lamp_low, reporter_lamp_high,
    ranker_l2r, reporter_l2r, ranker_other_half, reporter_other_half, *_longer, *_shorter, ranker_sure,
    ranker_sure_right, judges_agree, reporter_whole_over_part, pairs_per_s, single_pairs_per_s, reporter_pairs_per_s,
    agreement, agreement_low, agreement_high, agreement_reporter, agreement_reporter_low, agreement_reporter_high,
    megabytes
Needs: the shared data set
Takes: half a minute
"""
