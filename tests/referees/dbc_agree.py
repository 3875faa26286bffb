"""Compares decoded and encoded CAN frames with cantools, an independent reader of DBC files.

Usage: dbc_agree.py FRAMES.json

FRAMES.json: a list of {"file": path, "frames": [{"id", "extended", "name", "data",
"signals": {name: [raw, physical]}, "encoded"}]}; numbers are texts, data is hexadecimal.
Ends with status 1 and a list when anything differs.
"""

import json
import math
import re
import sys

import cantools

MOST_SHOWN = 20
# cantools refuses a whole file for one name that begins with a digit: such names get this.
RENAMED = "renamed_"


def main():
    differences = []
    with open(sys.argv[1], encoding="utf-8") as listing:
        for entry in json.load(listing):
            compared, unselected = compare_file(entry, differences)
            print(f"{entry['file'].rsplit('/', 1)[-1]}: {compared} signals of "
                  f"{len(entry['frames'])} frames agree, {unselected} frames with a multiplexor "
                  "value that selects nothing")
            if compared == 0 and entry["frames"]:
                differences.append(f"{entry['file']}: nothing was compared")
    for difference in differences[:MOST_SHOWN]:
        print(difference, file=sys.stderr)
    if differences:
        print(f"{len(differences)} differences", file=sys.stderr)
        sys.exit(1)


def compare_file(entry, differences):
    database = load(entry["file"])
    messages = {}
    for message in database.messages:
        messages.setdefault((message.frame_id, message.is_extended_frame), message)
    compared = unselected = 0
    for frame in entry["frames"]:
        place = f"{entry['file']} {frame['name']} {frame['data']}"
        message = messages.get((frame["id"], frame["extended"]))
        if message is None or message.name.removeprefix(RENAMED) != frame["name"]:
            differences.append(f"{place}: cantools has no such message")
            continue
        if not message.signals:
            continue
        data = bytes.fromhex(frame["data"])
        try:
            raw = message.decode(data, decode_choices=False, scaling=False)
            physical = message.decode(data, decode_choices=False, scaling=True)
        except cantools.database.errors.DecodeError as error:
            if "multiplexer id" in str(error):
                # cantools refuses a multiplexor value without signals; what does not depend on
                # it has been compared in other frames of the message.
                unselected += 1
                continue
            raw = decode_alone(message, data, scaling=False)
            physical = decode_alone(message, data, scaling=True)
            compared += compare_frame(
                place, frame, original(raw), original(physical), differences)
            continue
        compared += compare_frame(
            place, frame, original(raw), original(physical), differences)
        compare_encoding(place, message, frame, raw, differences)
    return compared, unselected


def load(path):
    with open(path, encoding="cp1252") as file:
        text = file.read()
    before_name = r"^(BO_ \d+ |\s+SG_ |CM_ SG_ \d+ )(?=\d)"
    text = re.sub(before_name, r"\1" + RENAMED, text, flags=re.MULTILINE)
    # Nor does it read value tables without their semicolon; they do not matter here.
    text = re.sub(r"^VAL_ .*$", "", text, flags=re.MULTILINE)
    return cantools.database.load_string(text, database_format="dbc", strict=False)


def decode_alone(message, data, scaling):
    """One signal at a time: cantools does not unpack some messages whose signals overlap or lie
    outside; a signal outside is left out, as we do."""
    values = {}
    for signal in message.signals:
        alone = cantools.database.can.Message(
            message.frame_id, message.name, message.length, [signal], strict=False)
        try:
            values.update(alone.decode(data, decode_choices=False, scaling=scaling))
        except cantools.database.errors.DecodeError:
            pass
    return values


def original(values):
    return {name.removeprefix(RENAMED): value for name, value in values.items()}


def compare_frame(place, frame, raw, physical, differences):
    if set(raw) != set(frame["signals"]):
        differences.append(f"{place}: signals {sorted(raw)} here {sorted(frame['signals'])}")
        return 0
    for name, (our_raw, our_physical) in frame["signals"].items():
        if not same(raw[name], our_raw):
            differences.append(f"{place}: {name} raw {raw[name]} here {our_raw}")
        if not same(physical[name], our_physical):
            differences.append(f"{place}: {name} physical {physical[name]} here {our_physical}")
    return len(raw)


def compare_encoding(place, message, frame, raw, differences):
    if any(isinstance(value, float) and math.isnan(value) for value in raw.values()):
        return  # the bits of a NaN need not survive
    try:
        encoded = message.encode(raw, scaling=False, padding=False, strict=False).hex()
    except cantools.database.errors.EncodeError as error:
        differences.append(f"{place}: cantools does not encode: {error}")
        return
    if encoded != frame["encoded"] and not overlaps(message):
        differences.append(f"{place}: encoded {encoded} here {frame['encoded']}")


def overlaps(message):
    """Whether signals share bits: then encoding depends on their order."""
    try:
        message.refresh(strict=True)
    except cantools.database.errors.Error:
        return True
    return False


def same(theirs, ours):
    """Integers exactly, floats to the last digits (cantools adds integers before floats)."""
    if isinstance(theirs, int) and not any(mark in ours for mark in ".einN"):
        return theirs == int(ours)
    mine = float(ours)
    if math.isnan(theirs) or math.isnan(mine):
        return math.isnan(theirs) and math.isnan(mine)
    return theirs == mine or math.isclose(theirs, mine, rel_tol=1e-12, abs_tol=1e-12)


if __name__ == "__main__":
    main()
