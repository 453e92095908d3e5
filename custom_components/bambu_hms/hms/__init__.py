"""What a fault is: codes, places, meanings, messages and the life of faults.

Pure Python: no Home Assistant, no network, no clock of its own.
"""
