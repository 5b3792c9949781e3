"""Consent to the processing of personal data: a document of its own (152-ФЗ ст. 9 ч. 4)."""
