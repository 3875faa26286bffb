"""Payloads and recordings that `wireloom` makes, and payloads that were tampered with.

A header is signed anew by the reference code of RFC 8032 here, not by the product's library.
"""

import functools
import hashlib
import os
import pathlib
import subprocess
import tempfile

import ed25519
from machine import BOARDS, ROOT

# Public on purpose: payload/src/key.rs.
DEVELOPMENT_SEED = b"wireloom development key, public"
HEADER_BYTES = 256
SIGNED_BYTES = 192
# Offsets in the header: payload/src/header.rs.
FIELDS = {
    "magic": (0, 8),
    "format": (8, 2),
    "engine": (10, 6),
    "board": (16, 32),
    "config": (48, 32),
    "world": (80, 32),
    "counter": (112, 4),
    "ram": (116, 4),
    "body-bytes": (120, 4),
    "key-id": (124, 8),
    "body": (132, 32),
    "signature": (192, 64),
}


def wireloom(*arguments):
    """Runs the program that the tests have built."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = target / "debug" / "wireloom"
    if not program.exists():
        raise AssertionError(f"{program} is missing; build it by `cargo build -p wireloom`")
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"wireloom {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
    return done.stdout


@functools.cache
def payload(board, project, ecu):
    """The payload of an ECU for a board; `project` is a sample's name or a project's path."""
    path = ROOT / "samples" / project
    with tempfile.TemporaryDirectory() as folder:
        wireloom("export", path, "--target", board, "--ecu", ecu, "-o", folder)
        found = list(pathlib.Path(folder).rglob(f"{ecu}.payload"))
        if len(found) != 1:
            raise AssertionError(f"the export for {board} has {len(found)} payloads of ECU {ecu}")
        return found[0].read_bytes()


def slots(board, project, ecu):
    """The payload in slot A."""
    return [(BOARDS[board]["slots"][0], payload(board, project, ecu))]


def simulated_frames(sample, time, change):
    """Data of the frames on the only bus of a sample, in order."""
    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder) / "trace.log"
        wireloom("simulate", ROOT / "samples" / sample, "--for", time, "--set", change, "--trace", trace)
        frames = [line.split()[2] for line in trace.read_text().splitlines()]
    return [bytes.fromhex(frame.split("#")[1]) for frame in frames]


def with_field(payload_bytes, name, value, seed=DEVELOPMENT_SEED):
    """A field of the header changed, and the header signed again."""
    at, length = FIELDS[name]
    changed = bytearray(payload_bytes)
    changed[at : at + length] = value
    return signed(bytes(changed), seed)


def signed(payload_bytes, seed):
    """Signed by the key of this seed, which the header then names."""
    at, length = FIELDS["key-id"]
    public = ed25519.public_key(seed)
    changed = bytearray(payload_bytes)
    changed[at : at + length] = hashlib.sha256(public).digest()[:8]
    changed[SIGNED_BYTES:HEADER_BYTES] = ed25519.sign(seed, bytes(changed[:SIGNED_BYTES]))
    return bytes(changed)


def flipped(payload_bytes, offset):
    """One bit of that byte is another one."""
    changed = bytearray(payload_bytes)
    changed[offset] ^= 1
    return bytes(changed)
