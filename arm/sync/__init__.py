"""Exchange with the centre: first load, pull, merge, push, conflicts. See docs/sync.md."""
