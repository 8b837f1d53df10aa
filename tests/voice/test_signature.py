"""Signatures: every published vector, the library's own judgement, and forgeries."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from app.voice.signature import ForgedError, SignatureCheck
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "signature-vectors.json").read_text()
)["vectors"]
TOKEN = "5ea1f00dcafe0123456789abcdef0123"
URL = "https://hotline.example.org/voice/step?node=main.menu&step=3"


def body_of(vector: dict[str, Any]) -> bytes:
    return urlencode([tuple(pair) for pair in vector.get("params", [])]).encode()


def accepts(vector: dict[str, Any], url: str, signature: str) -> bool:
    check = SignatureCheck([vector["auth_token"]])
    settings = "key=k,algorithm=HMAC_SHA256" if vector["algorithm"] == "HMAC_SHA256" else ""
    try:
        if "body" in vector:
            check.json(url, vector["body"].encode(), signature)
        elif vector["method"] == "GET":
            return check.matches(url, "", signature)
        else:
            check.form(url, body_of(vector), signature, settings)
    except ForgedError:
        return False
    return True


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_vector_is_judged_as_the_libraries_judge_it(vector: dict[str, Any]) -> None:
    signature = vector["expected_signature"]
    for url in (vector["url"], *vector.get("also_validates_for_urls", [])):
        assert accepts(vector, url, signature), url
    for url in vector.get("must_not_validate_for_urls", []):
        assert not accepts(vector, url, signature), url
    assert not accepts(vector, vector["url"], signature[1:] + signature[0])


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.tuples(text.filter(bool), text), max_size=12))
def test_it_agrees_with_the_library_on_any_form(pairs: list[tuple[str, str]]) -> None:
    distinct = dict(pairs)
    signature = RequestValidator(TOKEN).compute_signature(URL, distinct)
    body = urlencode(distinct).encode()
    assert dict(SignatureCheck([TOKEN]).form(URL, body, signature)) == distinct


@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=60))
def test_whatever_comes_it_is_refused_and_never_crashes(
    body: bytes, signature: str, url: str
) -> None:
    with pytest.raises(ForgedError):
        SignatureCheck([TOKEN]).form(url, body, signature)


@pytest.mark.parametrize("position", range(0, 27, 3))
def test_one_changed_letter_is_a_forgery(position: int) -> None:
    good = RequestValidator(TOKEN).compute_signature(URL, {"CallSid": "CA1"})
    letter = "A" if good[position] != "A" else "B"
    forged = good[:position] + letter + good[position + 1 :]
    with pytest.raises(ForgedError):
        SignatureCheck([TOKEN]).form(URL, b"CallSid=CA1", forged)


def test_during_rotation_both_tokens_are_good() -> None:
    check = SignatureCheck(["the new token", "the old token"])
    for token in ("the new token", "the old token"):
        signature = RequestValidator(token).compute_signature(URL, {"CallSid": "CA1"})
        assert check.form(URL, b"CallSid=CA1", signature) == [("CallSid", "CA1")]


@pytest.mark.parametrize("tokens", [[], [""], ["good", ""]])
def test_an_empty_token_is_no_token(tokens: list[str]) -> None:
    with pytest.raises(ValueError, match="auth token"):
        SignatureCheck(tokens)


def test_a_multipart_body_with_a_file_is_a_forgery_and_no_crash() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nz\r\n--x--'
    with pytest.raises(ForgedError):
        SignatureCheck([TOKEN]).form(URL, body, "x")


def test_too_many_fields_are_refused() -> None:
    body = "&".join(f"a{n}=1" for n in range(2_000)).encode()
    with pytest.raises(ForgedError):
        SignatureCheck([TOKEN]).form(URL, body, "x")
