"""Checks for the exercises, one file a notebook.

`check_…(your_function)` prints "Passed: …", or raises `CheckFailed`, an AssertionError whose message names
the likely mistake and which a notebook shows as that one line.
"""
