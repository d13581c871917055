"""What GRPO is held against: supervised fine-tuning on the gold answers, and rejection sampling."""
