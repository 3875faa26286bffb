"""Prints what firmware and payload take on the virtual boards; see scripts/measure-firmware."""

import itertools
import struct
import tempfile

import payloads
from machine import BOARDS, Machine, firmware
from projects import with_filter


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


def run(board, project, ecu):
    """Bytes of the payload, the log's line of the first task, and the status after some frames."""
    loads = payloads.slots(board, project, ecu)
    with Machine(board, loads) as machine:
        machine.go()
        first = machine.log.wait("first activation at ")
        if ecu == "climate":
            list(itertools.islice(machine.frames(), 30))
        return len(loads[0][1]), first, machine.status()


def measured(board, ecu):
    """One run of `thermal`: instructions are nanoseconds here (`-icount shift=0`)."""
    payload_bytes, first, status = run(board, "thermal", ecu)
    flash, ram = sections(firmware(board))
    first_ns = int(first.split(" ns")[0].split()[-1])
    heap, stack = status["heap_peak_bytes"], status["stack_peak_bytes"]
    return flash, payload_bytes, flash + payload_bytes, heap, stack, ram + heap + stack, first_ns


def further(board):
    """What one component more takes of payload and heap: a filter in ECU climate."""
    with tempfile.TemporaryDirectory() as folder:
        bytes_with, _, with_it = run(board, with_filter(folder), "climate")
    bytes_without, _, without = run(board, "thermal", "climate")
    return bytes_with - bytes_without, with_it["heap_peak_bytes"] - without["heap_peak_bytes"]


def main():
    print("| board | ECU of `thermal` | firmware, flash | payload | flash in all | heap | stack | RAM in all | instructions to the first task |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for board in BOARDS:
        # The STM32F405 of QEMU has no I2C.
        for ecu in ("cockpit",) if board == "qemu-netduinoplus2" else ("climate", "cockpit"):
            numbers = " | ".join(f"{number:,}" for number in measured(board, ecu))
            print(f"| {board} | {ecu} | {numbers} |")
    print()
    print("| board | a further component: payload | heap |")
    print("| --- | --- | --- |")
    for board in [board for board in BOARDS if board.startswith("qemu-mps2")]:
        numbers = " | ".join(f"{number:,}" for number in further(board))
        print(f"| {board} | {numbers} |")


if __name__ == "__main__":
    main()
