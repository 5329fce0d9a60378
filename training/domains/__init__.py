"""What kind of text a pair is, told by its words: a small linear model over counts of words. Pure; English only.

The weights were fitted by `training/domains/fit.py`; how often they are right, and about what, is in docs/training.md.
"""

from training.domains.classifier import DOMAINS, Guess, domain_of, guess

__all__ = ["DOMAINS", "Guess", "domain_of", "guess"]
