"""Checks for the exercises, one file a notebook.

`check_…(your_function)` prints "Passed: …", or raises an AssertionError whose message names the likely
mistake.
"""
