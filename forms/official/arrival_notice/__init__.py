"""Notice of arrival of a foreign national at the place of stay (приказ МВД России № 856)."""
