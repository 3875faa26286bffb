"""Prints where the instructions from reset to the first task go, by function: QEMU tells each one that it runs.

The image has to have its symbols, for which Cargo is told CARGO_PROFILE_RELEASE_STRIP=none.
    python firmware/tests/profile_boot.py BOARD IMAGE PAYLOAD
"""

import bisect
import collections
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

from machine import BOARDS

ENDS = ("first activation", "STOPPED", "PANIC", "FAULT")
# Thumb code: the lowest bit of a symbol's address is a mark.
SYMBOL = re.compile(r"(\w+) [tTwW] (.*?)(?:::h[0-9a-f]{16})?$")
EXECUTED = re.compile(rb"\[[0-9a-f]+/([0-9a-f]+)/")


def symbols(image):
    listed = subprocess.run(["llvm-nm", "--demangle", image], capture_output=True, text=True, check=True).stdout
    found = (SYMBOL.match(line) for line in listed.splitlines())
    return sorted((int(match[1], 16) & ~1, match[2]) for match in found if match)


def executed(board, image, payload, log):
    """How often the instruction at each address was run."""
    places = BOARDS[board]
    command = ["qemu-system-arm", "-M", places["machine"], "-display", "none", "-monitor", "none"]
    command += ["-icount", "shift=0,sleep=off", "-kernel", image, "-serial", f"file:{log}"] + ["-serial", "null"] * 3
    command += ["-device", f"loader,file={payload},addr={places['slots'][0]:#x},force-raw=on"]
    command += ["-singlestep", "-d", "exec,nochain", "-D", "/dev/stderr"]
    machine = subprocess.Popen(command, stderr=subprocess.PIPE)

    def end():
        while machine.poll() is None:
            time.sleep(0.2)
            if log.exists() and any(words in log.read_text() for words in ENDS):
                machine.kill()

    threading.Thread(target=end, daemon=True).start()
    found = (EXECUTED.search(line) for line in machine.stderr)
    return collections.Counter(int(match[1], 16) for match in found if match)


def main():
    board, image, payload = sys.argv[1:4]
    table = symbols(image)
    addresses = [address for address, _ in table]
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log"
        counts = executed(board, image, payload, log)
        print(log.read_text())
    functions = collections.Counter()
    for address, count in counts.items():
        at = bisect.bisect(addresses, address) - 1
        functions[table[at][1] if at >= 0 else f"{address:#x}"] += count
    print(f"{counts.total():>10,} in all")
    for name, count in functions.most_common(40):
        print(f"{count:>10,} {name}")


if __name__ == "__main__":
    main()
