"""What stands in the slots is believed only when it is right: each wrong payload is refused with its
reason in the boot log, and the other slot runs."""

import hashlib
import struct
import unittest

import blake3
import payloads
from machine import BOARDS, Machine
from payloads import FIELDS, HEADER_BYTES, flipped, signed, with_field

BOARD = "qemu-mps2-an385"
OTHER_SEED = b"another key, of somebody else..."
BODY_BYTES = (120, 124)
INTERRUPTED = "writing the payload was interrupted; write it again"
CHANGED = "the signature does not fit the header: it was changed after signing"


def state(minimum_counter=0, preferred=0, trial=0xFF):
    """A record of the state's log: payload/src/state.rs. Slot A is tried first."""
    record = b"WLST" + struct.pack("<IIBBxx", 1, minimum_counter, preferred, trial)
    return record + hashlib.sha256(record).digest()[:16]


def good(board=BOARD, counter=7):
    made = payloads.payload(board, "thermal", "cockpit")
    return with_field(made, "counter", struct.pack("<I", counter))


def boot_log(first, second, kept, board=BOARD, until="first activation"):
    places = BOARDS[board]
    loads = list(zip(places["slots"], (first, second)))
    loads.append((places["state"], kept))
    with Machine(board, loads) as machine:
        machine.go()
        machine.log.wait(until)
        return "\n".join(machine.log.lines)


class Slots(unittest.TestCase):
    def refused(self, first, words, kept=state()):
        """The payload in slot A is refused with these words, and slot B runs."""
        log = boot_log(first, good(), kept)
        self.assertIn("slot A refused: ", log)
        self.assertIn(words, log)
        self.assertIn("slot B runs: counter 7", log)

    def test_a_good_payload_runs_where_it_is_preferred(self):
        for preferred, slot in ((0, "A"), (1, "B")):
            log = boot_log(good(), good(), state(preferred=preferred))
            self.assertIn(f"slot {slot} runs: counter 7", log)
            self.assertNotIn("refused", log)
        self.assertIn("DEVELOPMENT KEY: anybody can sign for this device", log)

    def test_the_digest_is_blake3_of_the_body(self):
        made = good()
        at, length = FIELDS["body"]
        body = made[HEADER_BYTES : -len(b"WL-END\r\n")]
        self.assertEqual(made[at : at + length], blake3.digest(body))
        self.assertEqual(int.from_bytes(made[slice(*BODY_BYTES)], "little"), len(body))

    def test_a_bit_flipped_in_each_field_of_the_header(self):
        words = {name: CHANGED for name in FIELDS}
        words["magic"] = "the slot does not begin with a payload"
        words["format"] = "the payload has format 3, this firmware reads format 2"
        words["body-bytes"] = INTERRUPTED
        words["key-id"] = "the payload was signed by key "
        for name, (at, _) in FIELDS.items():
            with self.subTest(name):
                self.refused(flipped(good(), at), words[name])
        with self.subTest("what is reserved"):
            self.refused(flipped(good(), 170), CHANGED)

    def test_a_bit_flipped_in_the_body(self):
        length = len(good())
        for at in (HEADER_BYTES, length // 2, length - 9):
            with self.subTest(at):
                self.refused(flipped(good(), at), "the body does not have the digest that was signed")

    def test_a_write_that_was_torn(self):
        whole = good()
        for written in (1, 8, 100, HEADER_BYTES, len(whole) // 2, len(whole) - 1):
            torn = whole[:written] + b"\xff" * (len(whole) - written)
            with self.subTest(written):
                expected = "the slot does not begin with a payload" if written < 8 else INTERRUPTED
                self.refused(torn, expected)

    def test_another_key(self):
        self.refused(signed(good(), OTHER_SEED), "the payload was signed by key ")
        # Its id says the right one, its signature does not.
        at, length = FIELDS["key-id"]
        pretended = bytearray(signed(good(), OTHER_SEED))
        pretended[at : at + length] = good()[at : at + length]
        self.refused(bytes(pretended), CHANGED)

    def test_an_older_counter(self):
        first = with_field(good(), "counter", struct.pack("<I", 6))
        words = "the payload has counter 6, this device takes 7 and higher"
        self.refused(first, words, kept=state(minimum_counter=7))

    def test_what_is_signed_and_for_another_device(self):
        for name, value, words in (
            ("engine", struct.pack("<HHH", 48, 0, 7), "the payload was compiled for wasmtime 48.0.7, this firmware has 48.0.8"),
            ("board", b"arduino-due".ljust(32, b"\0"), "the payload is for board `arduino-due`, this is `qemu-mps2-an385`"),
            ("config", bytes(32), "the payload was compiled with engine configuration 0000"),
            ("world", bytes(32), "the payload uses interfaces 0000"),
            ("ram", struct.pack("<I", 0x7FFFFFFF), "the payload needs 2147483647 bytes of RAM, this device has "),
        ):
            with self.subTest(name):
                self.refused(with_field(good(), name, value), words)

    def test_a_payload_that_never_confirmed_gives_way(self):
        self.refused(good(), "was started 3 times and never confirmed", kept=state(trial=0))

    def test_without_a_payload_the_device_stops_and_says_why(self):
        log = boot_log(b"", b"", state(), until="STOPPED")
        self.assertIn("slot A refused: the slot is empty; write a payload into it", log)
        self.assertIn("slot B refused: the slot is empty", log)
        self.assertIn("STOPPED: no payload runs", log)

    def test_the_other_boards_refuse_as_well(self):
        for board in BOARDS:
            if board == BOARD:
                continue
            with self.subTest(board):
                log = boot_log(flipped(good(board), HEADER_BYTES), good(board), state(), board)
                self.assertIn("slot A refused: the body does not have the digest", log)
                self.assertIn("slot B runs", log)

    def test_a_state_that_cannot_be_written_is_read(self):
        """The flash of QEMU's STM32F405 is read only."""
        board = "qemu-netduinoplus2"
        older = with_field(good(board), "counter", struct.pack("<I", 6))
        log = boot_log(older, good(board), state(minimum_counter=7, preferred=0), board)
        self.assertIn("slot A refused: the payload has counter 6, this device takes 7 and higher", log)
        self.assertIn("slot B runs: counter 7", log)
        log = boot_log(good(board), good(board), state(preferred=1, trial=3), board)
        self.assertIn("slot B runs: counter 7", log)
        self.assertIn("what this start changes in it is forgotten", log)


class Confirmation(unittest.TestCase):
    def test_what_has_run_well_is_confirmed_and_older_ones_are_refused(self):
        places = BOARDS[BOARD]
        kept = state(minimum_counter=3, preferred=0, trial=2)
        loads = [(places["slots"][0], good()), (places["state"], kept)]
        with Machine(BOARD, loads) as machine:
            machine.go()
            machine.log.wait("slot A works and is confirmed")
            machine.status()
            machine.qmp("stop")
            with open(f"{machine.folder.name}/state", "w+b") as written:
                machine.qmp("pmemsave", val=places["state"], size=0x8000, filename=written.name)
                region = written.read()
        records = [region[at : at + 32] for at in range(0, len(region), 32)]
        whole = [record for record in records if record[:4] == b"WLST"]
        newest = max(whole, key=lambda record: record[4:8][::-1])
        self.assertEqual(struct.unpack("<IBB", newest[8:14]), (7, 0, 0xFF))


if __name__ == "__main__":
    unittest.main()
