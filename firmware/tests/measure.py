"""Prints what firmware and payload take on the virtual boards; see scripts/measure-firmware."""

import itertools
import struct

import payloads
from machine import BOARDS, Machine, firmware


def sections(path):
    """Bytes of flash and of static RAM of an ELF file: its loaded segments."""
    content = path.read_bytes()
    start, count = struct.unpack_from("<I", content, 28)[0], struct.unpack_from("<H", content, 44)[0]
    flash = ram = 0
    for number in range(count):
        kind, _, virtual, _, stored, memory, _, _ = struct.unpack_from("<8I", content, start + 32 * number)
        if kind == 1:
            flash += stored
            ram += memory if virtual >= 0x20000000 else 0
    return flash, ram


def measured(board, ecu):
    """One run of `thermal`: instructions are nanoseconds here (`-icount shift=0`)."""
    loads = payloads.slots(board, "thermal", ecu)
    with Machine(board, loads) as machine:
        machine.go()
        first = machine.log.wait("first activation at ")
        if ecu == "climate":
            list(itertools.islice(machine.frames(), 30))
        status = machine.status()
    flash, ram = sections(firmware(board))
    first_ns = int(first.split(" ns")[0].split()[-1])
    ram += status["heap_peak_bytes"] + status["stack_peak_bytes"]
    return flash, len(loads[0][1]), status["heap_peak_bytes"], status["stack_peak_bytes"], ram, first_ns


def main():
    print("| board | ECU of `thermal` | firmware, flash | payload | heap | stack | RAM in all | instructions to the first task |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for board in BOARDS:
        # The STM32F405 of QEMU has no I2C.
        for ecu in ("cockpit",) if board == "qemu-netduinoplus2" else ("climate", "cockpit"):
            numbers = " | ".join(f"{number:,}" for number in measured(board, ecu))
            print(f"| {board} | {ecu} | {numbers} |")


if __name__ == "__main__":
    main()
