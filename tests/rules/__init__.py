"""The rules, each asked with case files that are built from typed cells."""
