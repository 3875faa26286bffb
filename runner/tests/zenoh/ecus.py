"""ECUs of the project `app/tests/projects/ethernet` as processes, for tests of their networks."""

import contextlib
import json
import os
import pathlib
import socket
import struct
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROJECT = ROOT / "app" / "tests" / "projects" / "ethernet"
WIRELOOM = os.environ["WIRELOOM"]
# How long something may take on a busy machine.
PATIENCE_S = 30.0

# The header as docs/linux-ecu.md has it; the lowest byte of the first number is the version.
HEADER = struct.Struct("<IIQ8s")
VERSION = 1


def wireloom(*arguments):
    """Runs the program; what it says as JSON."""
    command = [WIRELOOM, *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def frames(path):
    """Data by bus and identifier of a candump log, in order; what repeats the frame before is left out."""
    found = {}
    for line in path.read_text().splitlines():
        _, bus, frame = line.split(" ")
        identifier, data = frame.split("#")
        before = found.setdefault((bus, identifier), [])
        if not before or before[-1] != data:
            before.append(data)
    return found


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def flows(folder):
    """The flows of the network in a bundle's system file, by key."""
    system = json.loads((folder / "system.json").read_text())
    bus = next(bus for bus in system["buses"] if bus["name"] == "eth0")
    return {flow["key"]: flow for flow in bus["kind"]["ethernet"]["flows"]}


def message(value, *, start=1, sequence=0, version=VERSION, type_hash):
    """A value with its header."""
    head = version | start << 8
    return HEADER.pack(head, sequence, time.time_ns(), bytes.fromhex(type_hash)) + value


def until(condition, what):
    """Waits until it holds; gives what it gave."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {PATIENCE_S} s: {what}")


class Ecu:
    """A process of an ECU; buses other than the network are not attached."""

    def __init__(self, bundle, folder, *, listen=(), connect=()):
        self.bundle = bundle
        self.health = free_port()
        endpoints = lambda ports: json.dumps([f"tcp/127.0.0.1:{port}" for port in ports])
        self.configuration = folder / f"{bundle.name}.toml"
        self.configuration.write_text(
            f'[networks.eth0]\nkind = "zenoh"\nlisten = {endpoints(listen)}\n'
            f'connect = {endpoints(connect)}\n[health]\naddress = "127.0.0.1:{self.health}"\n'
        )
        self.process = None

    def start(self):
        program = [self.bundle / "wireloom-ecu", "--configuration", self.configuration, self.bundle]
        self.process = subprocess.Popen(program, stderr=subprocess.DEVNULL)
        return self

    def kill(self):
        """As if it had lost power."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def counted(self, name):
        """A counter of its network; nothing while it does not answer."""
        with contextlib.suppress(OSError):
            address = f"http://127.0.0.1:{self.health}/metrics"
            with urllib.request.urlopen(address, timeout=2) as answer:
                for line in answer.read().decode().splitlines():
                    if line.startswith(f"wireloom_network_{name}{{"):
                        return int(line.rsplit(" ", 1)[1])
        return None

    def wait(self, name, least):
        """Waits until a counter is that high."""
        reached = lambda: (self.counted(name) or 0) >= least
        until(reached, f"{self.bundle.name}: {name} is {self.counted(name)}, not {least}")
