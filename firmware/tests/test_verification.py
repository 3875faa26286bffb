"""Back to back: an ECU on a virtual board, driven over serial line 3 in virtual time, does byte for byte
what was recorded of the simulation. The tester is scripts/back-to-back.py, which has nothing of ours."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import payloads
from machine import BOARDS, PATIENCE_S, ROOT, firmware

BOOT_MODE = int.from_bytes(b"B2B1", "little")


def command(board, slot, payload, log):
    """The line of docs/verification.md: the link is QEMU's standard input and output."""
    places = BOARDS[board]
    qemu = shutil.which("qemu-system-arm")
    if qemu is None:
        raise AssertionError("qemu-system-arm is missing; install the Debian package qemu-system-arm")
    line = [qemu, "-M", places["machine"], "-display", "none", "-monitor", "none", "-icount", "shift=0,sleep=off"]
    line += ["-kernel", str(firmware(board))]
    line += ["-device", f"loader,file={payload},addr={slot:#x},force-raw=on"]
    line += ["-device", f"loader,addr={places['ram']:#x},data={BOOT_MODE:#x},data-len=4"]
    return line + ["-serial", f"file:{log}"] + ["-serial", "null"] * 2 + ["-serial", "stdio"]


class Verification(unittest.TestCase):
    def replayed(self, board, sample, ecu, change=lambda text: text):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            recording, payload = folder / "recording", folder / "payload"
            project = ROOT / "samples" / sample
            payloads.wireloom("simulate", project, "--for", "1s", "--record", recording, "--ecu", ecu)
            recording.write_text(change(recording.read_text()))
            payload.write_bytes(payloads.payload(board, sample, ecu))
            log = folder / "boot.log"
            line = command(board, BOARDS[board]["slots"][0], payload, log)
            tester = [sys.executable, ROOT / "scripts" / "back-to-back.py", recording, log, "--", *line]
            return subprocess.run(tester, capture_output=True, text=True, timeout=PATIENCE_S)

    def test_the_boards_do_what_the_simulation_did(self):
        for board in BOARDS:
            for sample, ecu in (("thermal", "climate"), ("thermal", "cockpit"), ("antipinch", "door")):
                if board == "qemu-netduinoplus2" and ecu != "cockpit":
                    continue  # no I2C, and too little RAM for `door`: the export refuses both
                with self.subTest(board=board, ecu=ecu):
                    done = self.replayed(board, sample, ecu)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_another_answer_of_the_sensor_is_seen(self):
        def warmer(text):
            """In what the controller publishes; the board computes the right value."""
            head, *lines = text.splitlines()
            at = next(at for at, line in enumerate(lines) if '"published"' in line and '"value":"0' in line)
            lines[at] = lines[at].replace('"value":"0', '"value":"1')
            return "\n".join([head, *lines]) + "\n"

        done = self.replayed("qemu-mps2-an385", "thermal", "climate", warmer)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
