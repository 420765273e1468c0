"""Names, identity numbers and places, and which ledger row is which household, with the reasons."""
