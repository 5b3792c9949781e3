"""One folder a form: ``form.toml``, a layout for each edition, ``fill.py``."""
