"""How S3's stores name what an object or a part holds: by MD5 (RFC 1321), which finds damage, not malice.

A part's ETag, and that of an object put whole, is the MD5 in hexadecimal digits; that of an
object joined from parts is the MD5 of theirs and, after a dash, how many they were.
"""

import hashlib
from collections.abc import Iterable, Sequence


def md5(data: bytes = b"") -> "hashlib._Hash":
    return hashlib.md5(data, usedforsecurity=False)


def joined(parts: Sequence[str]) -> str:
    """The ETag of an object made of the parts with these ETags."""
    return f"{md5(b''.join(bytes.fromhex(part) for part in parts)).hexdigest()}-{len(parts)}"


def possible(blocks: Iterable[bytes], part_size: int) -> set[str]:
    """What a store may call an object of these bytes: put whole, or joined from parts of `part_size`, which each
    block must divide or end."""
    whole, part, left, parts = md5(), md5(), part_size, []
    for block in blocks:
        whole.update(block)
        part.update(block)
        left -= len(block)
        if left <= 0:
            parts.append(part.hexdigest())
            part, left = md5(), part_size
    if left < part_size:
        parts.append(part.hexdigest())
    return {whole.hexdigest(), joined(parts)}
