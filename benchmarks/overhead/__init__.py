"""How much slower is training under the container contract than a plain PyTorch loop?

Measures: trainer_overhead
Needs: the extra torch, in this environment or in that of make install-torch
Takes: 2 minutes
Part of: flywheel
"""
