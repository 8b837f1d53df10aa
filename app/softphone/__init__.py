"""The telephone of the staff in a browser: talks with citizens, hold, transfer, supervision."""
