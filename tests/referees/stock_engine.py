"""Runs a partition in a stock engine: the wasmtime of PyPI in its default configuration.

    stock_engine.py PARTITION.wasm UNTIL_NS TEMPERATURE_CELSIUS

Calls the tasks as the partition's deployment says (initial ones first; at one instant by priority,
then name), with a TMP105 of that temperature at address 0x48 of every I2C bus. Prints the frames
that the partition sends as a JSON array of {"id", "data"}, in order. Knows nothing of Wireloom but
the interfaces and the deployment section. Data-received events are not served.
"""

import heapq
import json
import sys

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, ResourceHost, ResourceType, Variant

SECTION = b"wireloom:deployment"
I2C = 1
DELAY = 2
TMP105 = 0x48


def leb128(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def deployment(data):
    """The content of the custom section."""
    at = 8
    while at < len(data):
        kind = data[at]
        size, start = leb128(data, at + 1)
        end = start + size
        if kind == 0:
            length, name = leb128(data, start)
            if data[name : name + length] == SECTION:
                return json.loads(data[name + length : end])
        at = end
    raise SystemExit("the file has no deployment: it is not a partition")


class Tmp105:
    """Register 0 holds the temperature, 12 bits of 1/16 degree, left-aligned."""

    def __init__(self, celsius):
        raw = (round(celsius * 16) & 0xFFF) << 4
        self.registers = {0: raw.to_bytes(2, "big"), 1: b"\x00", 2: b"\x4b\x00", 3: b"\x50\x00"}
        self.pointer = 0

    def write(self, data):
        if data:
            self.pointer = data[0] & 3
            if len(data) > 1:
                self.registers[self.pointer] = bytes(data[1:])

    def read(self, length):
        value = self.registers[self.pointer]
        return (value * (length // len(value) + 1))[:length]


def returns_borrow(method):
    """A borrowed handle has to be given back before the call ends."""

    def call(self, store, bus, *arguments):
        try:
            return method(self, *arguments)
        finally:
            bus.drop(store)

    return call


class Host:
    def __init__(self, table, celsius):
        self.table = table
        self.device = Tmp105(celsius)
        self.now_ns = 0
        self.frames = []

    def transmit(self, _store, pdu, data):
        self.frames.append({"id": self.table["pdus"][pdu]["id"], "data": bytes(data).hex().upper()})

    def at(self, address):
        if address != TMP105:
            raise RuntimeError(f"no device at address {address:#x}")
        return self.device

    @returns_borrow
    def i2c_read(self, address, length):
        return self.at(address).read(length)

    @returns_borrow
    def i2c_write(self, address, data):
        self.at(address).write(bytes(data))
        return None

    @returns_borrow
    def i2c_write_read(self, address, data, length):
        device = self.at(address)
        device.write(bytes(data))
        return device.read(length)

    @returns_borrow
    def i2c_transaction(self, address, operations):
        device = self.at(address)
        results = []
        for operation in operations:
            if isinstance(operation, Variant) and operation.tag == "read" or isinstance(operation, int):
                length = operation.payload if isinstance(operation, Variant) else operation
                results.append(device.read(length))
            else:
                data = operation.payload if isinstance(operation, Variant) else operation
                device.write(bytes(data))
        return results


def define(linker, host):
    functions = {
        "wireloom:ecu/clock@0.1.0": {"now": lambda _store: host.now_ns},
        "wireloom:ecu/meter@0.1.0": {"enter": lambda *_: None, "leave": lambda *_: None},
        "wireloom:ecu/elements@0.1.0": {
            "publish": lambda *_: None,
            "refuse": lambda *_: None,
            "take": lambda *_: None,
        },
        "wireloom:ecu/frames@0.1.0": {"transmit": host.transmit, "take": lambda *_: None},
        "wasi:i2c/i2c@0.2.0-draft": {
            "[method]i2c.read": host.i2c_read,
            "[method]i2c.write": host.i2c_write,
            "[method]i2c.write-read": host.i2c_write_read,
            "[method]i2c.transaction": host.i2c_transaction,
        },
        "wasi:i2c/delay@0.2.0-draft": {"[method]delay.delay-ns": lambda store, delay, _ns: delay.drop(store)},
        "wireloom:ecu/buses@0.1.0": {
            "open-i2c": lambda _store, _name: ResourceHost.own(0, I2C),
            "open-delay": lambda _store: ResourceHost.own(0, DELAY),
        },
    }
    resources = {"wasi:i2c/i2c@0.2.0-draft": ("i2c", I2C), "wasi:i2c/delay@0.2.0-draft": ("delay", DELAY)}
    with linker.root() as root:
        for name, members in functions.items():
            with root.add_instance(name) as instance:
                if name in resources:
                    resource, number = resources[name]
                    instance.add_resource(resource, ResourceType.host(number), lambda *_: None)
                for member, function in members.items():
                    instance.add_func(member, function)


def activations(tasks, until_ns):
    """Names of tasks in the order of time, priority and name."""
    for task in sorted(tasks, key=lambda task: (-task["priority"], task["name"])):
        if task["event"] == "init":
            yield 0, task["name"]
    queue = []
    for task in tasks:
        timing = task["event"].get("timing") if isinstance(task["event"], dict) else None
        if timing:
            heapq.heappush(queue, (timing["offset_ns"], -task["priority"], task["name"], timing["period_ns"]))
    while queue and queue[0][0] < until_ns:
        time_ns, priority, name, period_ns = heapq.heappop(queue)
        heapq.heappush(queue, (time_ns + period_ns, priority, name, period_ns))
        yield time_ns, name


def main():
    path, until_ns, celsius = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    with open(path, "rb") as file:
        data = file.read()
    table = deployment(data)
    host = Host(table, celsius)
    engine = Engine()
    component = Component(engine, data)
    linker = Linker(engine)
    define(linker, host)
    store = Store(engine)
    instance = linker.instantiate(store, component)
    functions = {task["name"]: instance.get_func(store, task["name"]) for task in table["tasks"]}
    for host.now_ns, name in activations(table["tasks"], until_ns):
        functions[name](store)
        functions[name].post_return(store)
    json.dump(host.frames, sys.stdout)


main()
