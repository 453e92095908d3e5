"""The blueprints in the newest Home Assistant, with its own mobile app integration."""
