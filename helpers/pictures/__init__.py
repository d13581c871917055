"""Pictures beyond helpers.plots: the common look, token strips, comparisons of methods, growth, a gallery."""
