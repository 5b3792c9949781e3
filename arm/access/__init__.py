"""Who may open the database, and what each role may do."""
