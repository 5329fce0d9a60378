"""The judge that reports and never ranks: parts of speech, syntax, rhythm and word lengths, no words.

Benchmarks and reports use it. Nothing that chooses between rewrites may import it, which import-linter holds.
"""

from humanize.judging.reporter.gain import Gain, gain, rises, shipped_reporter

__all__ = ["Gain", "gain", "rises", "shipped_reporter"]
