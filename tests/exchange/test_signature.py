"""Signatures: every vector of a foreign signer is reproduced."""

import json
from pathlib import Path
from typing import Any

import pytest
from app.exchange.signature import sign, signed_url

VECTORS = Path(__file__).parents[1] / "vectors" / "signature-vectors.json"


def vectors() -> list[Any]:
    everything = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    return [
        pytest.param(vector, id=vector["name"])
        for vector in everything
        if vector.get("algorithm") == "HMAC_SHA1"
    ]


@pytest.mark.parametrize("vector", vectors())
def test_vector(vector: dict[str, Any]) -> None:
    form = [(name, value) for name, value in vector.get("params") or []]
    # A GET's parameters are already part of its URL.
    signed = sign(vector["auth_token"], vector["url"], form if vector["method"] == "POST" else ())
    assert signed == vector["expected_signature"]


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://h.example:8443/x?a=1", "https://h.example/x?a=1"),
        ("http://h.example:8000/x", "http://h.example:8000/x"),
        ("https://user:word@h.example/x#rc=2", "https://h.example/x"),
        ("https://[::1]:8443/x", "https://[::1]/x"),
    ],
)
def test_what_of_the_url_is_signed(url: str, signed: str) -> None:
    assert signed_url(url) == signed
