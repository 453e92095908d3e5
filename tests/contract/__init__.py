"""What Home Assistant's own checks and those of HACS look at, without a network."""
