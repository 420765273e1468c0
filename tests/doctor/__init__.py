"""What is looked at before a big run."""
