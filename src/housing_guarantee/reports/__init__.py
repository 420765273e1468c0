"""What is written of a run: one file a form."""
