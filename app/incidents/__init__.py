"""Emergencies: the incident, those in charge who are told until one takes it, and its end."""
