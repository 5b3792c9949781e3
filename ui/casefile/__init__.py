"""The case file and its tabs, shared by all workspaces."""
