#!/usr/bin/env python3
"""A tester for back-to-back tests that has nothing of Wireloom in it.

    back-to-back.py RECORDING [LOG] -- COMMAND…

COMMAND speaks the link of docs/verification.md at its standard input and output: an ECU under
test, a machine of QEMU, or a program that passes on what a serial line says. Replays the recording
on it and compares every message, byte for byte. Exit status: 0 the same, 1 different (the first
difference is shown), 2 the target did not begin or was lost. LOG is the boot log that COMMAND writes,
for machines that lose what comes before they listen: the first byte waits until it says so.
"""

import json
import pathlib
import subprocess
import sys
import time

PROTOCOL = 1
# What firmware writes to its log when it listens.
LISTENS = b"verification: driven over the link"

# The encoding: https://postcard.jamesmunns.com/wire-format. A type is a function that takes a value
# as the recording's JSON has it, and gives its bytes.


def number(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def byte(value):
    return bytes([value])


def truth(value):
    return bytes([bool(value)])


def text(value):
    encoded = value.encode()
    return number(len(encoded)) + encoded


def digits(value):
    decoded = bytes.fromhex(value)
    return number(len(decoded)) + decoded


def many(of):
    return lambda values: number(len(values)) + b"".join(map(of, values))


def optional(of):
    return lambda value: b"\0" if value is None else b"\1" + of(value)


def record(**fields):
    return lambda value: b"".join(of(value[name]) for name, of in fields.items())


def together(*parts):
    return lambda values: b"".join(of(value) for of, value in zip(parts, values, strict=True))


def nothing(_):
    return b""


def choice(**cases):
    """Cases in their order; `_` stands for `-` in names."""
    names = [name.replace("_", "-") for name in cases]
    types = dict(zip(names, cases.values()))

    def encode(value):
        name, content = (value, None) if isinstance(value, str) else next(iter(value.items()))
        return number(names.index(name)) + types[name](content)

    return encode


def words(*names):
    return choice(**{name: nothing for name in names})


def result(ok, error):
    return choice(Ok=ok, Err=error)


FRAME = record(bus=text, id=number, extended=truth, remote=truth, data=digits)
CAN_ERROR = words("no_bus", "queue_full", "bus_off", "unsupported")
BUS_ERROR = words("bit", "stuff", "form", "crc", "acknowledge")
ERROR_STATE = words("error_active", "error_passive", "bus_off")
I2C_ERROR = words(
    "bus", "arbitration_loss", "no_acknowledge_address", "no_acknowledge_data",
    "no_acknowledge_unknown", "overrun", "other",
)
I2C = choice(read=digits, write=digits)
SPI = choice(read=digits, write=digits, transfer=digits, delay_ns=number)
SPI_ERROR = choice(
    overrun=nothing, mode_fault=nothing, frame_format=nothing, chip_select_fault=nothing, other=text
)
LEVEL = words("low", "high")
PIN = record(
    direction=words("in", "out", "in_out"),
    kind=choice(digital=nothing, analog=record(full_scale=number)),
    active_level=words("high", "low"),
    pull=optional(words("up", "down")),
)
GPIO_ERROR = choice(
    hardware_fault=nothing, already_in_use=nothing, pin_not_allowed=nothing,
    pin_mode_not_allowed=nothing, undefined_pin_label=nothing, pin_mode_not_available=nothing,
    would_block=nothing, operation_not_supported=nothing, other=text,
)
NV_ERROR = words("not_ok", "integrity_failed", "nv_invalidated", "full", "wrong_block", "not_served")
NV_STATUS = choice(ok=nothing, pending=nothing, failed=NV_ERROR)
BLOCK = record(partition=text, name=text)
STATUS = record(state=ERROR_STATE, transmit_errors=number, receive_errors=number)
OUTCOME = choice(sent=nothing, aborted=nothing, arbitration_lost=nothing, failed=BUS_ERROR)
EVENT = choice(error_state=ERROR_STATE, bus_error=BUS_ERROR, arbitration_lost=byte, overrun=nothing)

INPUT = choice(
    receive=record(at_ns=number, frame=FRAME),
    confirm=record(request=number, outcome=OUTCOME, at_ns=number),
    can_event=record(at_ns=number, bus=text, event=EVENT),
    deliver=record(at_ns=number, partition=number, element=number, value=digits),
    run=record(at_ns=number),
)
TRANSMIT = record(at_ns=number, request=number, frame=FRAME)
AT_PIN = {"at_ns": number, "pin": text}
AT_BLOCK = {"at_ns": number, "block": BLOCK}
CALL = choice(
    transmit=TRANSMIT,
    transmit_once=TRANSMIT,
    abort=record(at_ns=number, bus=text, request=number),
    can_bit_rate=record(bus=text),
    can_status=record(at_ns=number, bus=text),
    has_can=record(bus=text),
    has_i2c=record(bus=text),
    i2c=record(at_ns=number, bus=text, address=number, operations=many(I2C)),
    random=nothing,
    has_spi=record(device=text),
    spi_devices=nothing,
    spi_configure=record(
        at_ns=number,
        device=text,
        config=record(
            clock_hz=number,
            mode=words("mode0", "mode1", "mode2", "mode3"),
            bit_order=words("most_significant_first", "least_significant_first"),
        ),
    ),
    spi=record(at_ns=number, device=text, operations=many(SPI)),
    pin=record(name=text),
    digital_read=record(**AT_PIN),
    digital_write=record(**AT_PIN, level=LEVEL),
    analog_read=record(**AT_PIN),
    analog_write=record(**AT_PIN, value=number),
    nv_read=record(**AT_BLOCK),
    nv_write=record(**AT_BLOCK, data=digits),
    nv_invalidate=record(**AT_BLOCK),
    nv_status=record(**AT_BLOCK),
)
ANSWER = choice(
    taken=result(nothing, CAN_ERROR),
    bit_rate_hz=optional(number),
    can_status=optional(STATUS),
    is_attached=truth,
    i2c=together(record(bus_time=number, result=result(nothing, I2C_ERROR)), many(I2C)),
    random=number,
    spi_devices=many(text),
    spi_configured=result(nothing, SPI_ERROR),
    spi=together(record(bus_time=number, result=result(nothing, SPI_ERROR)), many(SPI)),
    pin=optional(PIN),
    level=result(LEVEL, GPIO_ERROR),
    analog=result(number, GPIO_ERROR),
    pin_written=result(nothing, GPIO_ERROR),
    nv_content=result(many(byte), NV_ERROR),
    nv_taken=result(nothing, NV_ERROR),
    nv_status=NV_STATUS,
)
HEAD = {"at_ns": number, "partition": text}
PROBE = {**HEAD, "probe": number, "function": number}
NOTE = choice(
    published=record(**HEAD, element=number, value=digits),
    refused=record(**HEAD, element=number),
    called=record(**PROBE, arguments=digits),
    returned=record(**PROBE, outcome=digits),
    entered=record(**HEAD, runnable=number),
    left=record(**HEAD, runnable=number, fuel=number),
    printed=record(**HEAD, instance=optional(number), is_error=truth, text=digits),
)
TRAP = record(
    cause=words("trap", "fuel", "memory", "misuse", "exit"),
    instance=optional(text),
    runnable=optional(text),
    reason=text,
    consequence=words("restarts", "stops", "given_up", "stops_run"),
)
ENDED = record(
    partition=number, work=choice(start=nothing, task=number), released_ns=number,
    started_ns=number, cost_ns=number, fuel=number, trap=optional(TRAP),
)

TO_ECU = choice(begin=record(protocol=number), input=INPUT, answer=ANSWER, end=nothing)
OUTPUT = choice(call=CALL, note=NOTE, ended=ENDED, idle=record(next_ns=optional(number)))
FROM_ECU = choice(
    ready=record(protocol=number, partitions=many(text)), refused=record(reason=text), output=OUTPUT
)


class Lost(Exception):
    """The target ended, or said what nobody understands."""


def crc16(content):
    crc = 0xFFFF
    for value in content:
        crc ^= value << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc.to_bytes(2, "little")


def cobs(content):
    encoded = bytearray()
    block = bytearray()
    for value in content:
        if value == 0 or len(block) == 254:
            encoded += bytes([len(block) + 1]) + block
            block.clear()
        if value:
            block.append(value)
    return bytes(encoded) + bytes([len(block) + 1]) + bytes(block)


def cobs_decoded(encoded):
    content = bytearray()
    at = 0
    while at < len(encoded):
        code = encoded[at]
        block = encoded[at + 1 : at + code]
        if code == 0 or len(block) != code - 1:
            raise Lost("a frame is not COBS")
        content += block
        at += code
        if code < 255 and at < len(encoded):
            content.append(0)
    return bytes(content)


class Link:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def wait_for(self, log):
        while not (log.is_file() and LISTENS in log.read_bytes()):
            if self.process.poll() is not None:
                raise Lost("the target has ended before it listened")
            time.sleep(0.01)

    def say(self, message):
        content = TO_ECU(message)
        self.process.stdin.write(cobs(content + crc16(content)) + b"\0")
        self.process.stdin.flush()

    def hear(self):
        frame = bytearray()
        while True:
            value = self.process.stdout.read(1)
            if not value:
                raise Lost("the target has ended")
            if value != b"\0":
                frame += value
            elif frame:
                break
        content = cobs_decoded(bytes(frame))
        if crc16(content[:-2]) != content[-2:]:
            raise Lost("the checksum of a frame is wrong")
        return content[:-2]

    def end(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()


def replay(link, lines):
    """The number of lines that agree, and the message that does not."""
    for position, line in enumerate(lines):
        if "input" in line:
            link.say(line)
            continue
        expected = {"call": line["call"]["call"]} if "call" in line else line
        found = link.hear()
        if found != FROM_ECU({"output": expected}):
            return position, found
        if "call" in line:
            link.say({"answer": line["call"]["answer"]})
    link.say("end")
    return len(lines), None


def main():
    if "--" not in sys.argv[2:4]:
        raise SystemExit(__doc__)
    split = sys.argv.index("--")
    recording, *logs = sys.argv[1:split]
    with open(recording, encoding="utf-8") as file:
        head, *lines = [json.loads(line) for line in file]
    link = Link(sys.argv[split + 1 :])
    try:
        for log in logs:
            link.wait_for(pathlib.Path(log))
        link.say({"begin": {"protocol": PROTOCOL}})
        names = [partition["table"]["name"] for partition in head["partitions"]]
        begun = link.hear()
        if begun != FROM_ECU({"ready": {"protocol": PROTOCOL, "partitions": names}}):
            raise Lost(f"the target does not begin: {begun!r}")
        agreed, found = replay(link, lines)
    except (Lost, BrokenPipeError) as error:
        print(f"lost: {error}")
        return 2
    finally:
        link.end()
    if found is None:
        print(f"the same: {agreed} inputs and outputs of ECU {head['ecu']}")
        return 0
    print(f"different after {agreed} of {len(lines)} inputs and outputs")
    for line in lines[max(agreed - 5, 0) : agreed]:
        print(f"  both     {json.dumps(line)}")
    expected = lines[agreed]
    expected = {"call": expected["call"]["call"]} if "call" in expected else expected
    print(f"  recorded {json.dumps(lines[agreed])}")
    print(f"           {FROM_ECU({'output': expected}).hex()}")
    print(f"  target   {found.hex()}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
