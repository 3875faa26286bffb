"""Ed25519 signatures after RFC 8032, section 5.1, in plain arithmetic: slow, and not for secrets.

An independent reader of what the firmware verifies.
"""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def _add(one, other):
    """Points in extended coordinates (x, y, z, x·y/z)."""
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = 2 * t1 * t2 * D % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _base():
    y = 4 * pow(5, -1, P) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x & 1:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = _base()


def _encoded(point):
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return ((y * inverse % P) | ((x * inverse % P & 1) << 255)).to_bytes(32, "little")


def _number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def _secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    scalar &= (1 << 254) - 8
    return scalar | 1 << 254, digest[32:]


def public_key(seed):
    """32 bytes, of a seed of 32 bytes."""
    return _encoded(_times(_secret(seed)[0], BASE))


def sign(seed, message):
    """64 bytes."""
    scalar, prefix = _secret(seed)
    public = public_key(seed)
    nonce = _number(prefix, message) % ORDER
    point = _encoded(_times(nonce, BASE))
    challenge = _number(point, public, message) % ORDER
    return point + ((nonce + challenge * scalar) % ORDER).to_bytes(32, "little")
