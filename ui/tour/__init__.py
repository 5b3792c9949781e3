"""The tour: the main job done for real, through the widgets, as a person would do it."""
