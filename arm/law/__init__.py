"""What the law says: pure functions over plain facts; the day is always an argument."""
