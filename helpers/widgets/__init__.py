"""What the notebooks let you move: the reward lab, the live training view, the group microscope."""
