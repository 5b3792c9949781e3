"""The window: signing in, navigation, palette, exchange state, notices, lock, settings."""
