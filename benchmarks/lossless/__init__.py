"""Is anything lost or changed without anyone seeing it?

Measures: docx_words_lost, certain_zero_costs
Needs: the shared data set
Takes: 3 minutes
"""
