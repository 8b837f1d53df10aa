"""Transcripts through the whole service: the real application, a simulated exchange, virtual time.

`run.rehearse_on_exchange` plays them; `recording` writes one from a call.
"""
