"""How a form is read, checked and drawn."""
