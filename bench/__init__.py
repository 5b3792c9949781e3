"""Figures of the program, each beside a baseline measured in the same process."""
