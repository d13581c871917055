"""Reading text: spelled-out and written numbers, and ROUGE-L."""
