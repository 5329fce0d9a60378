"""Guesses the domain of a pair from its words: a small linear model over word counts. Pure; English only.

`training/domains/fit.py` fits the weights; docs/training.md states how often the guesses are right.
"""

from training.domains.classifier import DOMAINS, DomainGuess, domain_of, guess_domain

__all__ = ["DOMAINS", "DomainGuess", "domain_of", "guess_domain"]
