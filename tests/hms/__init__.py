"""What a fault is: codes, places, meanings and messages."""
