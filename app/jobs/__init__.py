"""Durable background work: an outbox committed together with the state change that asks for it."""
