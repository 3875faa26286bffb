"""Holds `wireloom budget` against what images take in QEMU, and fits its factors; see scripts/measure-budget.

Time is counted in instructions there, so nothing depends on the speed of this machine.
"""

import argparse
import dataclasses
import functools
import importlib.machinery
import importlib.util
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import payloads
from machine import BOARDS, ROOT, Machine

# What the factors were chosen on, and the greatest error there.
TUNED, TUNED_PERCENT = ("thermal/climate", "thermal/cockpit", "antipinch/door"), 10.0
# What they were not chosen on, and the greatest error there.
OTHERS, OTHERS_PERCENT = ("lists/box", "table/box", "spread/box"), 25.0
# What tells operators and values apart; the factors of tasks are chosen on these as well.
SCALES = ("operators/box", "values/box")
# Which components each of them is made of.
COMPONENTS = {"lists": ("scanner", "counter"), "table": ("smoother",), "spread": ("ramp", "amplifier"),
              "operators": ("worker",), "values": ("giver", "taker")}
# Factors beside those of operators: name, and the field of a task that it is multiplied by.
FACTORS = {"per_activation": None, "per_function": "functions", "per_host_call": "host_calls", "per_record": "records",
           "per_frame": "frames", "per_i2c_byte": "i2c_bytes"}
CORES = {"qemu-mps2-an385": "Cortex-M3", "qemu-mps2-an386": "Cortex-M4F", "qemu-mps2-an505": "Cortex-M33"}
FIXTURES = pathlib.Path(__file__).parent / "budget"
# Time of the board after which it is asked.
ASKED_US = 1_000_000
NATIVE = "qemu-mps2-an385 --native"
# Without frames from outside a native cockpit does nothing. What a sum of floats takes in software
# goes by its operands: the samples' are often zero, the table's never, and the estimate is 45 % low.
NOT_NATIVE = ("thermal/cockpit", "table/box")


@dataclasses.dataclass
class Seen:
    """One image: what was estimated and what was measured."""

    board: str
    image: str
    estimate: dict
    heap: int = 0
    stack: int = 0
    start: int = 0
    # Instructions of an activation, by partition and task.
    tasks: dict = dataclasses.field(default_factory=dict)

    def rows(self):
        """Task, rate, estimate, measurement."""
        for partition in self.estimate["partitions"]:
            for task in partition["tasks"]:
                measured = self.tasks.get((partition["name"], task["name"]))
                if measured and task["instructions"]:
                    yield task, task["activations_per_second"], task["instructions"], measured

    def load(self):
        """Instructions a second of all tasks that were seen: estimate, measurement."""
        rows = list(self.rows())
        return sum(rate * each for _, rate, each, _ in rows), sum(rate * each for _, rate, _, each in rows)

    def figures(self):
        """Name, estimate, measurement."""
        found = []
        if self.heap:
            found.append(("heap", self.estimate["ram"]["heap_bytes"], self.heap))
            found.append(("stack", self.estimate["ram"]["stack_bytes"], self.stack))
            found.append(("start", self.estimate["start"]["instructions"], self.start))
        estimate, measurement = self.load()
        if measurement:
            found.append(("load", round(estimate), round(measurement)))
        return found


def percent(estimate, measurement):
    return 100.0 * (estimate - measurement) / measurement


@functools.cache
def projects():
    """The folder with the fixtures' projects, their components built."""
    folder = tempfile.TemporaryDirectory()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    environment = {**os.environ, "WIRELOOM": str(target / "debug" / "wireloom")}
    environment.setdefault("WIRELOOM_PYTHON", sys.executable)
    for name, components in COMPONENTS.items():
        case = pathlib.Path(folder.name) / name
        shutil.copytree(FIXTURES / name, case)
        (case / "components").mkdir()
        for component in components:
            payloads.wireloom("new", component, "--world", case / f"{name}.wit", "--lang", "c", "--profile", "mcu", "-o", case / "build")
            made = case / "build" / component
            shutil.copy(case / "src" / f"{component}.c", made / "src")
            subprocess.run([made / "build"], check=True, env=environment, stdout=subprocess.DEVNULL)
            shutil.copy(made / f"{component}.wasm", case / "components")
    return folder


def path_of(image):
    """The project of an image's name, and its ECU."""
    project, ecu = image.split("/")
    return (ROOT / "samples" / project if project not in COMPONENTS else pathlib.Path(projects().name) / project), ecu


def estimate(target, image):
    project, ecu = path_of(image)
    text = payloads.wireloom("budget", project, "--target", *target.split(), "--ecu", ecu, "--json")
    (budget,) = json.loads(text)["ecus"]
    return budget


def fits(board):
    """QEMU's model of the STM32F405 has no I2C and room for one partition of the samples, the cockpit's; while that
    sleeps the model's time leaps past every answer. Its core is that of the an386."""
    return board != "qemu-netduinoplus2"


def interpreted(board, image):
    """Boots the image and asks the firmware."""
    seen = Seen(board, image, estimate(board, image))
    project, ecu = path_of(image)
    with Machine(board, payloads.slots(board, project, ecu)) as machine:
        machine.set_temperature(27.5)
        machine.go()
        first = machine.log.wait("first activation at ")
        if image == "thermal/cockpit":
            for data in payloads.simulated_frames("thermal", "3s", "cabin.temperature=27.5@0s"):
                machine.send(0x120, data)
        status = machine.status_when(lambda status: status["at_us"] > ASKED_US)
    seen.start = int(first.split(" ns")[0].split()[-1])
    seen.heap, seen.stack = status["heap_peak_bytes"], status["stack_peak_bytes"]
    for name, counts in status.items():
        # The cockpit is given more and other frames than in the simulation.
        if "/" in name and counts["activations"] and name != "main/dashboard-refresh":
            partition, task = name.split("/")
            seen.tasks[partition, task] = counts["busy_us"] * 1000 / counts["activations"]
    return seen


@functools.cache
def native_speed():
    """scripts/native-speed: it counts the instructions of tasks in native images."""
    path = str(ROOT / "scripts" / "native-speed")
    loader = importlib.machinery.SourceFileLoader("native_speed_script", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def native(image):
    """Builds the C again with task times in it, and reads them."""
    seen = Seen(NATIVE, image, estimate(NATIVE, image))
    project, ecu = path_of(image)
    with tempfile.TemporaryDirectory() as folder:
        payloads.wireloom("export", project, "--target", *NATIVE.split(), "--ecu", ecu, "-o", folder)
        elf = native_speed().build(pathlib.Path(folder) / ecu / "c")
        counted = native_speed().activations(elf)
    seen.tasks = {task: statistics.mean(each) for task, each in counted.items()}
    return seen


def everything(boards, images):
    seen = [interpreted(board, image) for board in boards for image in images if board in BOARDS and fits(board)]
    if NATIVE in boards:
        seen += [native(image) for image in images if image not in NOT_NATIVE]
    return seen


def table(seen):
    lines = ["| image | board | what | estimate | in QEMU | error |", "| --- | --- | --- | --- | --- | --- |"]
    for one in seen:
        for what, estimated, measured in one.figures():
            error = percent(estimated, measured)
            lines.append(f"| {one.image} | {one.board} | {what} | {estimated:,} | {measured:,} | {error:+.1f} % |")
    return "\n".join(lines)


def beyond(seen):
    """Figures that are further off than they may be."""
    for one in seen:
        known = TUNED if one.image in TUNED else OTHERS
        for what, estimated, measured in one.figures():
            limit = TUNED_PERCENT if known == TUNED else OTHERS_PERCENT
            if abs(percent(estimated, measured)) > limit:
                yield f"{one.image} on {one.board}: {what} {estimated:,}, in QEMU {measured:,}; {limit} % are allowed"


def least_squares(rows, measured, weights=None):
    """Factors of 0 or more for which the relative errors are least; rows are tuples of features."""
    weights = weights or [1.0] * len(rows)
    scaled = [[weight * value / aim for value in row] for row, aim, weight in zip(rows, measured, weights)]
    places = range(len(rows[0]))
    # Normal equations, solved place by place: what would go below zero stays there.
    squares = [[sum(row[one] * row[other] for row in scaled) for other in places] for one in places]
    aims = [sum(row[one] * weight for row, weight in zip(scaled, weights)) for one in places]
    factors = [0.0] * len(aims)
    for _ in range(20_000):
        for at in places:
            own = squares[at][at]
            if own:
                others = sum(square * factor for square, factor in zip(squares[at], factors)) - own * factors[at]
                factors[at] = max(0.0, (aims[at] - others) / own)
    return factors


def heap_factors(seen):
    rows, measured = [], []
    for one in seen:
        partitions = one.estimate["partitions"]
        rows.append((len(partitions), sum(p["metadata_bytes"] for p in partitions), sum(p["core_instances"] for p in partitions)))
        measured.append(one.heap - one.estimate["ram"]["memory_bytes"])
    return least_squares(rows, measured), rows, measured


def features(task):
    """What a task's instructions are estimated from, in the order of FACTORS and then of classes."""
    counts = [task[field] if field else 1.0 for field in FACTORS.values()]
    return counts + [task["operators"][name] for name in sorted(task["operators"])]


def core_factors(seen):
    """Factors by name, and those of operators. A task counts by its share of its image's load: what
    seldom runs shall not spoil what runs often."""
    rows, measured, weights, classes = [], [], [], ()
    for one in seen:
        _, whole = one.load()
        for task, rate, _, each in one.rows():
            classes = sorted(task["operators"])
            rows.append(features(task))
            measured.append(each)
            weights.append(math.sqrt(rate * each / whole))
    factors = least_squares(rows, measured, weights)
    return dict(zip(FACTORS, factors)), dict(zip(classes, factors[len(FACTORS):]))


def start_factors(seen):
    payload = [(1.0, one.estimate["flash"]["payload_bytes"]) for one in seen]
    return least_squares(payload, [one.start for one in seen])


def fit(seen):
    """The text of assets/calibration.toml."""
    lines = [
        "# What code for a class of boards takes beside what is counted: written by",
        "# `scripts/measure-budget --fit` from measurements in QEMU, where time is counted in",
        "# instructions. A class is a core and the form in which partitions run on it.",
        "# docs/images.md says how far the estimates are off.",
        "",
        "[pulley.heap]",
    ]
    on_pulley = [one for one in seen if one.board in CORES and one.image in TUNED]
    (partition, metadata, instance), _, _ = heap_factors(on_pulley)
    # A reserve: a device refuses what it does not have, and must not run out of what it has.
    lines += ["ecu_bytes = 2048.0", f"partition_bytes = {partition:.1f}", f"per_core_instance_bytes = {instance:.1f}",
              f"per_metadata_byte = {metadata:.4f}", "per_code_byte = 0.0"]
    for board, core in CORES.items():
        of_board = [one for one in on_pulley if one.board == board]
        stack = max(one.stack for one in of_board)
        tasks = core_factors([one for one in seen if one.board == board and one.image not in OTHERS])
        lines += core_lines(f'pulley.cores."{core}"', stack, start_factors(of_board), tasks)
    by_c = [one for one in seen if one.board == NATIVE and one.image not in OTHERS]
    lines += core_lines('native.cores."Cortex-M3"', 0, (0.0, 0.0), core_factors(by_c))
    return "\n".join(lines) + "\n"


def core_lines(name, stack, start, factors):
    plain, operators = factors
    lines = ["", f"[{name}]", f"stack_bytes = {stack}", f"start_instructions = {start[0]:.1f}",
             f"start_per_payload_byte = {start[1]:.3f}"]
    lines += [f"{name} = {factor:.3f}" for name, factor in plain.items()]
    return lines + ["", f"[{name}.per_operator]"] + [f"{name} = {factor:.3f}" for name, factor in operators.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="print assets/calibration.toml as these measurements would have it")
    parser.add_argument("--board", action="append", help="only this board; several are fine")
    parser.add_argument("--tasks", action="store_true", help="print each task with what its estimate is made of")
    arguments = parser.parse_args()
    boards = arguments.board or [*BOARDS, NATIVE]
    seen = everything(boards, (*TUNED, *SCALES) if arguments.fit else (*TUNED, *OTHERS))
    if arguments.tasks:
        for one in seen:
            for task, rate, estimated, measured in one.rows():
                print(one.image, one.board, task["name"], f"{rate:.1f}/s", task["fuel"], task["functions"],
                      task["host_calls"], task["records"], task["frames"], task["i2c_bytes"], estimated, round(measured), f"{percent(estimated, measured):+.1f} %")
    if arguments.fit:
        print(fit(seen), end="")
        return 0
    print(table(seen))
    wrong = list(beyond(seen))
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
