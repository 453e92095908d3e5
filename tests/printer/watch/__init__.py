"""scripts/watch, run as people run it, against simulated printers."""
