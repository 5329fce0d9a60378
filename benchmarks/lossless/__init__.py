"""Is anything lost or changed without anyone seeing it?

Measures: docx_words_lost
Needs: the shared data set
Takes: 10 seconds
"""
