"""Who received which details of a person."""
