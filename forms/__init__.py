"""Printed forms: laid out in millimetres as data, filled from the facts of a case."""
