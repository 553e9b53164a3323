"""What of `hashlib` comes from OpenSSL, which the interpreter is built without."""

import hashlib
import itertools


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """PBKDF2, RFC 8018 section 5.2."""
    import hmac

    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    length = hashlib.new(hash_name).digest_size if dklen is None else dklen
    if length < 1:
        raise ValueError("key length must be greater than 0.")
    keyed = hmac.new(password, digestmod=hash_name)

    def mac(text):
        one = keyed.copy()
        one.update(text)
        return one.digest()

    key = b""
    for number in itertools.count(1):
        if len(key) >= length:
            return key[:length]
        last = mac(bytes(salt) + number.to_bytes(4, "big"))
        mixed = int.from_bytes(last)
        for _ in range(iterations - 1):
            last = mac(last)
            mixed ^= int.from_bytes(last)
        key += mixed.to_bytes(len(last), "big")


def install():
    hashlib.pbkdf2_hmac = pbkdf2_hmac
