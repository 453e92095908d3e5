"""Holds the integration, as Home Assistant finds it."""
