"""Opaque names for cases and alerts, so that no patient identifier stands in an address."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from schemas.topics import joined_key

LENGTH = 20


@dataclass(frozen=True, slots=True)
class CaseLinks:
    """Keyed hashes: the same for the same secret, and of no use without it."""

    secret: bytes

    def hashed(self, *parts: str) -> str:
        """Hash identifiers into 20 hexadecimal characters."""
        return hmac.new(self.secret, joined_key(*parts).encode(), hashlib.sha256).hexdigest()[:LENGTH]

    def case(self, facility_id: str, case_id: str) -> str:
        """Name a case over all its measures."""
        return self.hashed("case", facility_id, case_id)


def make_case_links(token: str | None) -> CaseLinks:
    """Derive the links from the access token, so that they outlive a restart; without one they are new each time."""
    if token is None:
        return CaseLinks(secrets.token_bytes(32))
    return CaseLinks(hashlib.sha256(b"timezero case links\0" + token.encode()).digest())
