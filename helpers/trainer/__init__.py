"""What stands behind `train`: settings, the faster trainer, what is recorded of each step, checkpoints."""
