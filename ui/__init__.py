"""The screens of «Единое окно» (Qt Widgets)."""
