"""What staff are told at once: on the console, by SMS, by web push, by a call."""
