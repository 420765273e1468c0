"""Photos that a person looks through, in a real browser, and what comes back."""
