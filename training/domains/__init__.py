"""What kind of text a pair is, told by its words: a small linear model over counts of words. Pure; English only.

The weights were fitted by `training/domains/fit.py`; how often they are right, and about what, is in docs/training.md.
"""

from training.domains.classifier import DOMAINS, DomainGuess, domain_of, guess_domain

__all__ = ["DOMAINS", "DomainGuess", "domain_of", "guess_domain"]
