"""Files and scanned text in and out: one module a format. Nothing here knows the database."""
