"""The server's half of the key exchange by which a client without a session gets an authorization key.

Source of the steps: core.telegram.org/mtproto/auth_key.
"""

from __future__ import annotations

import hashlib
import os
import struct
from typing import Any

from alice import clock
from alice.smokes.support.telegram import keys
from alice.smokes.support.telegram.envelopes import MessageIds


class Handshake:
    """One key exchange on one connection; `key` is there after the last step."""

    def __init__(self) -> None:
        self.key: Any = None
        self._ids = MessageIds()
        self._nonces: dict[str, int] = {}
        self._server_nonce = int.from_bytes(os.urandom(16), "little", signed=True)
        self._new_nonce = 0
        self._secret = int.from_bytes(os.urandom(256), "big")

    def answer(self, packet: bytes) -> bytes:
        """Return the plain packet that answers a plain packet."""
        from telethon.extensions import BinaryReader

        with BinaryReader(packet[20:]) as reader:
            body = bytes(self._step(reader.tgread_object()))
        return struct.pack("<qqi", 0, self._ids.next(), len(body)) + body

    def _step(self, request: Any) -> Any:
        steps = {
            "ReqPqMultiRequest": self._begin,
            "ReqDHParamsRequest": self._offer,
            "SetClientDHParamsRequest": self._agree,
        }
        self._nonces = {"nonce": request.nonce, "server_nonce": self._server_nonce}
        return steps[type(request).__name__](request)

    def _begin(self, _request: Any) -> Any:
        from telethon.tl.types import ResPQ

        return ResPQ(**self._nonces, pq=_bytes(keys.PQ), server_public_key_fingerprints=[keys.fingerprint()])

    def _offer(self, request: Any) -> Any:
        from telethon.crypto import AES
        from telethon.extensions import BinaryReader
        from telethon.tl.types import ServerDHInnerData, ServerDHParamsOk

        sealed = int.from_bytes(request.encrypted_data, "big")
        opened = pow(sealed, keys.RSA.d, keys.RSA.n).to_bytes(255, "big")
        with BinaryReader(opened[20:]) as reader:
            self._new_nonce = reader.tgread_object().new_nonce
        inner = ServerDHInnerData(
            **self._nonces,
            g=keys.GENERATOR,
            dh_prime=_bytes(keys.DH_PRIME),
            g_a=_bytes(pow(keys.GENERATOR, self._secret, keys.DH_PRIME)),
            server_time=int(clock.now().timestamp()),
        )
        body = hashlib.sha1(bytes(inner)).digest() + bytes(inner)
        body += os.urandom(-len(body) % 16)
        return ServerDHParamsOk(**self._nonces, encrypted_answer=bytes(AES.encrypt_ige(body, *self._cipher())))

    def _agree(self, request: Any) -> Any:
        from telethon.crypto import AES, AuthKey
        from telethon.extensions import BinaryReader
        from telethon.tl.types import DhGenOk

        opened = AES.decrypt_ige(request.encrypted_data, *self._cipher())
        with BinaryReader(opened[20:]) as reader:
            theirs = int.from_bytes(reader.tgread_object().g_b, "big")
        shared = pow(theirs, self._secret, keys.DH_PRIME)
        # A key has 256 bytes. The client drops leading zeros: one exchange in 256 does not agree and is begun anew.
        self.key = AuthKey(shared.to_bytes(256, "big"))
        return DhGenOk(**self._nonces, new_nonce_hash1=self.key.calc_new_nonce_hash(self._new_nonce, 1))

    def _cipher(self) -> tuple[bytes, bytes]:
        from telethon.helpers import generate_key_data_from_nonce

        key, iv = generate_key_data_from_nonce(self._server_nonce, self._new_nonce)
        return bytes(key), bytes(iv)


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
