"""Tests that go on for as long as they are told: see docs/torture.md."""
