"""Act of destruction of personal data with the extract of the log."""
