"""The failure museum: real runs of the embedded model that go wrong, one cause each, and their cures."""
