"""The licences of what is compiled in: every crate that the programs, the boards' firmware and the
sample components are made of, by what cargo resolves for the systems that a release is for.
"""

import json
import pathlib
import re
import subprocess

from .contents import ROOT

LINUX, WINDOWS = "x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu"
# The workspace, what is built there, for which system.
BUILDS = [
    ("Cargo.toml", ["-p", "wireloom", "--features", "packaged"], LINUX),
    ("Cargo.toml", ["-p", "wireloom", "--features", "packaged"], WINDOWS),
    ("Cargo.toml", ["-p", "runner", "--features", "devices,zenoh,arm64"], LINUX),
    ("firmware/Cargo.toml", ["--workspace"], "all"),
    ("samples/Cargo.toml", ["--workspace", "--exclude", "builder"], "wasm32-unknown-unknown"),
]
TEXT = re.compile(r"(licen[cs]e|copying|notice|copyright|ofl|ufl|unlicense)", re.IGNORECASE)
BESIDE = """The programs also contain the standard library of Rust (MIT or Apache-2.0), those of Windows the
start files of MinGW-w64 (public domain and ZPL-2.1) and parts of libgcc (GPL-3.0 with the GCC
Runtime Library Exception), those of Linux ECUs the C library musl (MIT).
"""


def cargo(*words):
    return subprocess.run(["cargo", *words], check=True, stdout=subprocess.PIPE).stdout.decode()


def crates():
    """Packages that stand in what is shipped, without what only builds or tests it."""
    known, found = {}, {}
    for manifest, choice, system in BUILDS:
        where = ["--locked", "--manifest-path", ROOT / manifest]
        for package in json.loads(cargo("metadata", "--all-features", "--format-version", "1", *where))["packages"]:
            known[(package["name"], package["version"])] = package
        edges = ["--edges", "normal,no-proc-macro", "--prefix", "none", "--target", system]
        for line in cargo("tree", *where, *choice, *edges).splitlines():
            if line:
                name, version = line.split()[:2]
                key = (name, version.removeprefix("v"))
                # Ours have no source.
                if known[key]["source"] is not None:
                    found[key] = known[key]
    return [found[key] for key in sorted(found)]


def texts(package):
    """The licence texts that a crate carries, by the name of the file."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = [*folder.glob("*"), *folder.glob("*/*")]
    named = [file for file in files if TEXT.search(file.name) and file.is_file()]
    named = [file for file in named if file.suffix in ("", ".txt", ".md") or TEXT.match(file.suffix[1:])]
    return [file.read_text(errors="replace").strip() for file in sorted(named)]


def notices():
    """One text: the crates with their licences, then each text once with those that carry it."""
    lines, carried = [], {}
    for package in crates():
        name = f"{package['name']} {package['version']}"
        licence = package["license"] or "see its licence file"
        authors = ", ".join(re.sub(r"\s*<.*?>", "", author) for author in package["authors"])
        authors = f"; by {authors}" if authors else ""
        lines.append(f"{name}: {licence}{authors}; {package['repository'] or 'a registry'}")
        for text in dict.fromkeys(texts(package)):
            carried.setdefault(text, []).append(name)
    parts = ["Wireloom contains these packages, each under the licence behind its name.\n"]
    parts += ["\n".join(lines) + "\n", BESIDE, "The texts that they carry:\n"]
    for text, names in carried.items():
        parts.append("-" * 80 + "\n" + ", ".join(names) + ":\n\n" + text + "\n")
    return "\n".join(parts)
