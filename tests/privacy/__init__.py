"""What is known of people stands where it may, and nowhere else."""
