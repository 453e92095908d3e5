"""Benchmarks: how fast a report is read, how many printers one Home Assistant bears."""
