"""Long lists: paged models of ids, columns as data, rows painted whole."""
