"""BLAKE3 (unkeyed, 32 bytes) after the algorithm's specification, in plain arithmetic: slow.

An independent reader of the digest that a payload carries of its body. `python blake3.py < FILE`
prints what `b3sum` prints.
"""

import struct
import sys

_START = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
_ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
# Columns, then diagonals.
_STEPS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
_ROUNDS = 7
_BLOCK_BYTES, _CHUNK_BYTES = 64, 1024
_CHUNK_START, _CHUNK_END, _PARENT, _ROOT = 1, 2, 4, 8
_MASK = 0xFFFFFFFF


def _turned(word, bits):
    return (word >> bits | word << (32 - bits)) & _MASK


def _compress(chaining, words, counter, length, flags):
    """The first eight words of the state, folded: chaining value or digest."""
    state = [*chaining, *_START[:4], counter & _MASK, counter >> 32, length, flags]
    for _ in range(_ROUNDS):
        for number, (a, b, c, d) in enumerate(_STEPS):
            for word, first, second in ((words[2 * number], 16, 12), (words[2 * number + 1], 8, 7)):
                state[a] = (state[a] + state[b] + word) & _MASK
                state[d] = _turned(state[d] ^ state[a], first)
                state[c] = (state[c] + state[d]) & _MASK
                state[b] = _turned(state[b] ^ state[c], second)
        words = [words[place] for place in _ORDER]
    return [state[place] ^ state[place + 8] for place in range(8)]


def _chunk(data, number, root):
    chaining = _START
    blocks = [data[at : at + _BLOCK_BYTES] for at in range(0, len(data), _BLOCK_BYTES)] or [b""]
    for at, block in enumerate(blocks):
        flags = _CHUNK_START if at == 0 else 0
        if at == len(blocks) - 1:
            flags |= _CHUNK_END | root
        words = struct.unpack("<16I", block.ljust(_BLOCK_BYTES, b"\0"))
        chaining = _compress(chaining, words, number, len(block), flags)
    return chaining


def _tree(data, number, root):
    """The left side is the largest power of two of chunks that leaves something to the right."""
    chunks = max(1, -(-len(data) // _CHUNK_BYTES))
    if chunks == 1:
        return _chunk(data, number, root)
    left = 1 << (chunks - 1).bit_length() - 1
    at = left * _CHUNK_BYTES
    words = _tree(data[:at], number, 0) + _tree(data[at:], number + left, 0)
    return _compress(_START, words, 0, _BLOCK_BYTES, _PARENT | root)


def digest(data):
    return struct.pack("<8I", *_tree(data, 0, _ROOT))


if __name__ == "__main__":
    print(digest(sys.stdin.buffer.read()).hex())
