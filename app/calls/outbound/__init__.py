"""Calls the hotline places to citizens: who may be rung, how often, and once only."""
