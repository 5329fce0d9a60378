"""The rules for English that are written in code, because the patterns of `packs/en` cannot express them.

Another language starts with a folder of packs alone; the code that it needs goes into a folder like this one.
"""
