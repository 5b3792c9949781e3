"""One folder a role; the window finds each by its ``WORKSPACE``."""
