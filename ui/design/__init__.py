"""The look in one place: tokens, theme, icons, fonts and the language of the texts."""
