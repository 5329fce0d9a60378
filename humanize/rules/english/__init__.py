"""The rules of English that are code, not data: what a pattern of `packs/en` cannot say.

Another language starts as a folder of packs alone; what it needs in code stands in a folder like this one.
"""
