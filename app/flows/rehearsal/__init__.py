"""Transcripts of calls beside the flows, and their rehearsal on the pure engine.

`reading.read_transcripts` reads `tests/*.yaml` strictly, `rehearse.rehearse` plays them.
"""
