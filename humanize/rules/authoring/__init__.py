"""Makes data for the rule packs, for people who write rules.

The product never imports it and the wheel leaves it out; it needs the extra `train` and the shared data set.
"""
