"""Projects made from the samples: what a test needs and the samples do not have. Each is a copy in a folder."""

import pathlib
import shutil

from machine import ROOT

PANEL = 0x121


def _copy(folder, sample, change):
    """The sample's project with its text changed; gives the project's path."""
    project = pathlib.Path(folder) / sample
    shutil.copytree(ROOT / "samples" / sample, project)
    file = project / f"{sample}.wireloom"
    text = file.read_text().replace("../../assets", str(ROOT / "assets"))
    file.write_text(change(text))
    return project


def starved(folder):
    """The sample `antipinch`, whose partition `surroundings` has too little fuel for a step and
    steps every half second."""

    def change(text):
        head, tail = text.split("[ecus.door.partitions.surroundings]")
        tail = tail.replace("fuel = 1000000", "fuel = 800", 1)
        blocks = (head + "[ecus.door.partitions.surroundings]" + tail).split("[instances.")
        slow = [block.replace("10000000", "500000000") if block[:6] in ("switch", "window", "obstac") else block for block in blocks]
        return "[instances.".join(slow)

    return _copy(folder, "antipinch", change)


def answering(folder, alive_timeout_s):
    """The sample `thermal`, whose cockpit sends the warning that its dashboard shows, every 200 ms in a
    frame of its own: so a tester sees what became of the frames that it has sent."""

    def change(text):
        text = text.replace("alive_timeout_ns = 500000000", f"alive_timeout_ns = {alive_timeout_s * 1_000_000_000}")
        return text + """
[[instances.dashboard.activations]]
runnable = "wireloom:thermal/display@0.1.0#shown"
event = "timing"
period_ns = 200000000
offset_ns = 60000000
priority = 1

[[connectors]]
from = "dashboard.wireloom:thermal/display@0.1.0#shown -> warning"
to = "can0:Panel.Warning"
kind = "buffered"

[[transmissions]]
message = "can0:Panel"
mode = "cyclic"
period_ns = 200000000
"""

    project = _copy(folder, "thermal", change)
    dbc = project / "thermal.dbc"
    message = f'BO_ {PANEL} Panel: 1 cockpit\n SG_ Warning : 0|2@1+ (1,0) [0|3] "" climate\n'
    head, tail = dbc.read_text().split("\nCM_ BO_", 1)
    dbc.write_text(f"{head}\n{message}\nCM_ BO_{tail}")
    return project


def with_filter(folder):
    """The sample `thermal` with one component more: a filter between sensor and controller."""

    def change(text):
        text = text.replace(
            'from = "sensor.wireloom:thermal/temperature@0.1.0"\nto = "controller.',
            'from = "filter.wireloom:thermal/temperature@0.1.0"\nto = "controller.',
        )
        return text + f"""
[components.temperature-filter]
file = "{ROOT}/assets/components/temperature-filter.wasm"

[instances.filter]
component = "temperature-filter"
partition = "climate/main"

[[instances.filter.activations]]
runnable = "wireloom:thermal/filter@0.1.0#initialize"
event = "init"
priority = 4

[[instances.filter.activations]]
runnable = "wireloom:thermal/filter@0.1.0#step"
event = "timing"
period_ns = 100000000
priority = 4

[[connectors]]
from = "sensor.wireloom:thermal/temperature@0.1.0"
to = "filter.wireloom:thermal/temperature@0.1.0"
kind = "direct"
"""

    return _copy(folder, "thermal", change)
