"""From data/runs to the tables and lines of the README and the notebooks. Standard library only."""
