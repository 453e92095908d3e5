"""The whole: a real Home Assistant in a process of its own, and simulated printers."""
