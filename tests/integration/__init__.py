"""Home Assistant with the integration in it, and simulated printers beside it."""
