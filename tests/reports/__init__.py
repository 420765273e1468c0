"""What is written of a run, read back."""
