"""A board played by QEMU: its log, its CAN bus over SLCAN, its status, and QEMU's own control (QMP).

Time is counted in instructions (`-icount`), so a run does not depend on the speed of this machine;
while the board sleeps, its time leaps on. Knows nothing of payloads.
"""

import json
import pathlib
import queue
import shutil
import socket
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A machine that says nothing for so long is broken: the test fails with words instead of hanging.
PATIENCE_S = 240
# What an adapter answers to what is no command.
BEL = b"\x07"

BOARDS = {
    "qemu-mps2-an385": {"machine": "mps2-an385", "slots": [0x000D0000, 0x00130000], "state": 0x000C0000, "ram": 0x20000000},
    "qemu-mps2-an386": {"machine": "mps2-an386", "slots": [0x000D0000, 0x00130000], "state": 0x000C0000, "ram": 0x20000000},
    "qemu-mps2-an505": {"machine": "mps2-an505", "slots": [0x100D0000, 0x10130000], "state": 0x100C0000, "ram": 0x38000000},
    "qemu-netduinoplus2": {"machine": "netduinoplus2", "slots": [0x080A8000, 0x080D4000], "state": 0x080A0000, "ram": 0x20000000},
}


def firmware(board):
    """The built firmware of a board."""
    return ROOT / "assets" / "firmware" / f"{board}.elf"


class Machine:
    """One run of a board. `loads` are pairs of address and bytes that stand in memory at its start."""

    def __init__(self, board, loads=(), elf=None, sensor=True):
        qemu = shutil.which("qemu-system-arm")
        if qemu is None:
            raise AssertionError("qemu-system-arm is missing; install the Debian package qemu-system-arm")
        self.board = board
        self.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self.folder.name)
        listeners = {}
        for name in ("log", "can", "link", "control"):
            listeners[name] = socket.socket(socket.AF_UNIX)
            listeners[name].bind(str(folder / name))
            listeners[name].listen(1)
        command = [qemu, "-M", BOARDS[board]["machine"], "-display", "none", "-monitor", "none"]
        command += ["-icount", "shift=0,sleep=off", "-S", "-no-reboot"]
        command += ["-kernel", str(elf or firmware(board))]
        for line in ("log", "can", None, "link"):
            command += ["-serial", f"unix:{folder / line}" if line else "null"]
        command += ["-qmp", f"unix:{folder / 'control'}"]
        if sensor and board.startswith("qemu-mps2"):
            command += ["-device", "tmp105,id=cabin,bus=i2c,address=0x48"]
        for number, (address, content) in enumerate(loads):
            path = folder / f"load-{number}"
            path.write_bytes(content)
            command += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
        self.errors = open(folder / "errors", "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stderr=self.errors, stdin=subprocess.DEVNULL)
        self.lines = {}
        for name, listener in listeners.items():
            listener.settimeout(PATIENCE_S)
            connection, _ = listener.accept()
            connection.settimeout(PATIENCE_S)
            listener.close()
            self.lines[name] = connection
        self.control = self.lines["control"].makefile("rwb", buffering=0)
        self.control.readline()
        self.qmp("qmp_capabilities")
        self.log = Log(self.lines["log"])
        self.can = queue.SimpleQueue()
        self.answers = queue.SimpleQueue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.reader.join()
        self.listener.join()
        for line in self.lines.values():
            line.close()
        self.errors.close()
        self.folder.cleanup()

    def qmp(self, command, **arguments):
        """One command of QEMU's machine protocol; what it returns."""
        message = {"execute": command, **({"arguments": arguments} if arguments else {})}
        self.control.write(json.dumps(message).encode() + b"\n")
        while True:
            answer = json.loads(self.control.readline())
            if "error" in answer:
                raise AssertionError(f"QEMU refuses `{command}`: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def go(self):
        """The board begins, or goes on."""
        self.qmp("cont")
        return self

    def set_temperature(self, celsius):
        """Of the sensor, while the board runs."""
        self.qmp("qom-set", path="/machine/peripheral/cabin", property="temperature", value=round(celsius * 1000))

    def frames(self):
        """Frames as (identifier, data), one after the other."""
        while True:
            try:
                yield self.can.get(timeout=PATIENCE_S)
            except queue.Empty:
                raise AssertionError("no frame comes:\n" + "\n".join(self.log.lines)) from None

    def _listen(self):
        """By a thread, so that the board never waits for its bus."""
        line = b""
        try:
            while received := self.lines["can"].recv(4096):
                *whole, line = (line + received).split(b"\r")
                for said in whole:
                    frame = said.lstrip(BEL)
                    for _ in range(len(said) - len(frame)):
                        self.answers.put(BEL)
                    if frame[:1] == b"t":
                        self.can.put((int(frame[1:4], 16), bytes.fromhex(frame[5:].decode())))
                    elif frame:
                        self.answers.put(frame)
        except OSError:
            pass

    def send(self, identifier, data):
        """A frame of another ECU, as docs/can-over-serial.py sends it."""
        self.say(b"t%03X%X%s\r" % (identifier, len(data), data.hex().encode()), b"z")

    def say(self, line, answer):
        """Any bytes on the line of the CAN bus; the adapter has to answer so."""
        self.lines["can"].sendall(line)
        try:
            found = self.answers.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise AssertionError(f"{line!r} is not answered:\n" + "\n".join(self.log.lines)) from None
        if found != answer:
            raise AssertionError(f"{line!r} is answered by {found!r}, not by {answer!r}")

    def status(self):
        """What the firmware counts, by name."""
        begin = len(self.log.lines)
        self.lines["log"].sendall(b"s")
        self.log.wait("status end", begin)
        counts = {}
        for line in self.log.lines[begin:]:
            words = line.split()
            if words[:1] != ["status"]:
                continue
            if words[1] in ("partition", "task"):
                pairs = words[3:]
                counts[words[2]] = {name: int(count) for name, count in zip(pairs[::2], pairs[1::2])}
            elif len(words) == 3:
                counts[words[1]] = int(words[2])
        return counts


    def status_when(self, holds):
        """The first status of which this holds and in which all tasks have run."""
        for _ in range(1_000):
            status = self.status()
            tasks = [counts["activations"] for name, counts in status.items() if "/" in name]
            if holds(status) and all(tasks):
                return status
        raise AssertionError(f"that never holds, the last status is {status}")


class Log:
    """Lines of the board's log; read by a thread, so that the board never waits for it."""

    def __init__(self, connection):
        self.lines = []
        self.grown = threading.Condition()
        self.reader = threading.Thread(target=self._read, args=(connection,), daemon=True)
        self.reader.start()

    def _read(self, connection):
        with connection.makefile("r", encoding="utf-8", errors="replace", newline="\n") as text:
            try:
                for line in text:
                    with self.grown:
                        self.lines.append(line.strip())
                        self.grown.notify_all()
            except OSError:
                pass

    def wait(self, words, begin=0):
        """The first line with these words."""
        def found():
            return next((line for line in self.lines[begin:] if words in line), None)

        with self.grown:
            if not self.grown.wait_for(found, PATIENCE_S):
                raise AssertionError(f"the log never says {words!r}:\n" + "\n".join(self.lines))
            return found()
