"""What is looked at before a big run: the machine, the databases, and what the campaign names."""
