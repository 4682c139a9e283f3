"""The server's half of the password proof (SRP), by which a client shows that it knows a password it never sends.

Source of the formulas: core.telegram.org/api/srp.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

from alice.smokes.support.telegram import keys

_P = keys.DH_PRIME.to_bytes(256, "big")
_G = keys.GENERATOR.to_bytes(256, "big")


class Challenge:
    """One question about a password, and the check of its answer."""

    def __init__(self, password: str) -> None:
        from telethon.password import compute_digest
        from telethon.tl.types import PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow as Algorithm

        self._algorithm = Algorithm(salt1=os.urandom(8), salt2=os.urandom(16), g=keys.GENERATOR, p=_P)
        self._verifier = int.from_bytes(compute_digest(self._algorithm, password), "big")
        self._secret = int.from_bytes(os.urandom(256), "big")
        factor = int.from_bytes(_hash(_P, _G), "big")
        own = factor * self._verifier + pow(keys.GENERATOR, self._secret, keys.DH_PRIME)
        self._public = (own % keys.DH_PRIME).to_bytes(256, "big")

    def question(self) -> Any:
        """Return `account.password`, which tells the client how to prove what it knows."""
        from telethon.tl.types import PasswordKdfAlgoUnknown, SecurePasswordKdfAlgoUnknown
        from telethon.tl.types.account import Password

        return Password(
            new_algo=PasswordKdfAlgoUnknown(),
            new_secure_algo=SecurePasswordKdfAlgoUnknown(),
            secure_random=os.urandom(8),
            has_password=True,
            current_algo=self._algorithm,
            srp_B=self._public,
            srp_id=1,
        )

    def holds(self, proof: Any) -> bool:
        """Return whether the client's `inputCheckPasswordSRP` is the right one."""
        theirs = int.from_bytes(proof.A, "big")
        mix = int.from_bytes(_hash(proof.A, self._public), "big")
        shared = pow(theirs * pow(self._verifier, mix, keys.DH_PRIME), self._secret, keys.DH_PRIME)
        both = bytes(a ^ b for a, b in zip(_hash(_P), _hash(_G), strict=True))
        salts = (_hash(self._algorithm.salt1), _hash(self._algorithm.salt2))
        expected = _hash(both, *salts, proof.A, self._public, _hash(shared.to_bytes(256, "big")))
        return bool(expected == proof.M1)


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()
