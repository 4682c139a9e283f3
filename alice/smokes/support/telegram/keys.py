"""The keys of the loopback Telegram: public, worthless elsewhere, the same at every start.

With them nothing need be patched: a session string carries the server's address and a key that it knows.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import Any

GENERATOR = 3
EXPONENT = 65537
# 1229739323 times 1402015859, its first byte below 0x80: the client reads it as a signed number.
PQ = 0x17ED48941A08F981
_P = int(
    "d7f296825ad55204bd507167107d5a8b29f440b2eb9015d1a5f7f9fa1220f8ecd2db24b197537eb5763388667c28231a9e48"
    "121b1653531637f36488ed766f854b6fe30c6dce368c953b1741f668f2dc8afad18928cf42506bf5ed51959e4740a6808689"
    "16ca4ab619cf1499af7d38a22adcda638e3f57ef801fa35ae3a698fd",
    16,
)
_Q = int(
    "ffd83f4ed839c61368e3e21bfe8ba9c09279fc218d0af18708f80cf79d96915aeeeaa349bb95c5e62a55c5772ab2777e0bf3"
    "1ac98f587c85aa1d928e3f6b74a8cf08099cee62673c9d565d43a1182a9cfdbe257e831a54fd320192ee6a3347efee8262a9"
    "31c15b7401af0ef1b1ced04bc409f0ddffad33ffefa5d111dbb525c5",
    16,
)
DH_PRIME = int(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa33"
    "6f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96"
    "bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b"
    "2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0"
    "f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119c"
    "d8e3b92fcc5b",
    16,
)


@dataclass(frozen=True, slots=True)
class Rsa:
    """The key pair of the handshake, as numbers."""

    n: int = _P * _Q
    d: int = pow(EXPONENT, -1, (_P - 1) * (_Q - 1))


RSA = Rsa()


def auth_key(name: str) -> Any:
    """Return the authorization key, 256 bytes, that belongs to `name` at every start."""
    from telethon.crypto import AuthKey

    return AuthKey(b"".join(hashlib.sha256(f"{name}/{part}".encode()).digest() for part in range(8)))


def session_string(name: str, address: tuple[str, int]) -> str:
    """Return the session string that leads a client to `address` with the key of `name`."""
    from telethon.sessions import StringSession

    session = StringSession()
    session.set_dc(2, ipaddress.ip_address(address[0]).compressed, address[1])
    session.auth_key = auth_key(name)
    return str(session.save())


def trust() -> int:
    """Make clients of this process accept the server's key in a handshake, and return its fingerprint.

    It holds for the whole process: for tests of the handshake alone.
    """
    import rsa
    from telethon.crypto import rsa as known

    public = rsa.PublicKey(RSA.n, EXPONENT)
    known.add_key(public.save_pkcs1(), old=False)
    return fingerprint()


def fingerprint() -> int:
    """Return the 64-bit name by which a client asks for the key."""
    import rsa
    from telethon.crypto import rsa as known

    return int(known._compute_fingerprint(rsa.PublicKey(RSA.n, EXPONENT)))
