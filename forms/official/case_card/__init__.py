"""The case card: a person's case on one sheet."""
