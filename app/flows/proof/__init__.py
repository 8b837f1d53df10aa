"""Proof by exploration: what no call can come to, shown by walking the engine itself."""

from app.flows.proof.verdict import prove

__all__ = ["prove"]
