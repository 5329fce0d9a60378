"""Tools for people who write rules: they make data for the rule packs.

The product never imports this package and the wheel does not contain it. It needs the extra `train` and the shared data
set.
"""
