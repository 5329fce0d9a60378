"""What does the built-in rewriter do to real drafts, and how fast is it?

Measures: words_per_s, book_seconds, book_mb, api_p50_ms, api_rps_16, lost, new_faults, similarity_l3, markers_cut_l1,
    markers_cut_l3, markers_cut_l5, flag_drop_l5, human_edits_per_100w, length_out, length_out_l5, signable, pointless,
    gain_lamp, gain_l2r, gain_2026, worse, untouched_l3, untouched_2026_l3, tells_closed, tells_overshot, second_run,
    registers, wrong_edits, facts_refused
Needs: the shared data set; a private PostgreSQL and Redis (started here); as peer, texthumanize from PyPI (installed on
    first use into var/bench/peer)
Takes: 6 minutes
"""
