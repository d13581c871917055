"""Generators of the training text: forum posts and word problems, all of it written here."""
