"""Is anything lost or changed without anyone seeing it?

Measures: docx_words_lost, idempotent_doubles, answers_without_row, foreign_deletes,
    certain_zero_costs
Needs: the shared data set; a private PostgreSQL and Redis (started here)
Takes: about 16 minutes
"""
