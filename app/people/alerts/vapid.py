"""The key by which push services know us (VAPID, RFC 8292): derived, so that nobody keeps a file.

It comes from the oldest HOTLINE_SECRET_KEY and stays the same while keys are rotated.
"""

import base64
from functools import cached_property
from typing import TYPE_CHECKING

from app.database import fingerprint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

# The order of the curve P-256 (SEC 2, section 2.4.2): private keys are numbers below it.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class VapidKey:
    """A pair of keys on P-256."""

    @cached_property
    def private(self) -> "EllipticCurvePrivateKey":
        """The private key."""
        from cryptography.hazmat.primitives.asymmetric import ec

        number = int(fingerprint("web push: VAPID key"), 16) % (ORDER - 1) + 1
        return ec.derive_private_key(number, ec.SECP256R1())

    @property
    def public(self) -> str:
        """The public key as browsers want it (`applicationServerKey`), in URL-safe base64."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
