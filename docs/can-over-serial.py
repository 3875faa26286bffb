"""Plays the CAN bus of a virtual board: prints the frames that leave it, sends those it is given.

Needs nothing but Python. With cantools and a DBC file the frames are decoded.
    python docs/can-over-serial.py localhost:5001 [samples/thermal/thermal.dbc] [120#500200ff ...]
"""

import socket
import sys

host, port = sys.argv[1].split(":")
database = None
if len(sys.argv) > 2 and sys.argv[2].endswith(".dbc"):
    import cantools

    database = cantools.database.load_file(sys.argv[2])

line = socket.create_connection((host, int(port)))
for frame in (argument for argument in sys.argv[2:] if "#" in argument):
    identifier, data = frame.split("#")
    # t: 11-bit identifier in 3 digits, length in 1, data in hexadecimal digits, carriage return
    line.sendall(f"t{int(identifier, 16):03X}{len(data) // 2}{data}\r".encode())
with line.makefile("rb") as incoming:
    text = b""
    while byte := incoming.read(1):
        text += byte
        if byte == b"\r":
            if text[:1] == b"t":
                identifier, data = int(text[1:4], 16), bytes.fromhex(text[5:].decode())
                values = database.decode_message(identifier, data) if database else ""
                print(f"{identifier:03X}#{data.hex()}", values, flush=True)
            text = b""
