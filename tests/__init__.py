"""All tests: the rooms, Home Assistant around them, and the whole."""
