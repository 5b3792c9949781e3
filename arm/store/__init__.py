"""The workstation's encrypted database: sessions, capture of edits, files, backup."""
