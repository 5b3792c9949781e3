"""What the law says: pure functions over plain facts and dated tables."""
