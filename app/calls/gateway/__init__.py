"""The outbound gateway: the only way out, where every leg is judged and booked."""
