"""The lives of findings, in memory and in real databases."""
