"""What do the rules alone do to real texts, level by level?

Measures: markers_cut_l*, edits_per_100w_l*, sentences_touched_l*, length_out_l*, lost_l*, new_faults_l*, similarity_l*,
    human_edits_per_100w_l*, detector_mean_l*, flagged_l*, flag_drop_l5, signable, words_per_s
Needs: the shared data set
Takes: 3 minutes
"""
