"""The card in a real browser, in Home Assistant's real front end."""
