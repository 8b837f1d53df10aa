"""What callers hear: flow files, their compilation, and the pure step.

Nothing here knows the web, the database, Twilio, the clock or chance.
"""
