"""The Debian package: everything in /usr/lib/wireloom, what desktops and shells look for where they
look for it. Packed by dpkg-deb, which takes SOURCE_DATE_EPOCH for every time in it.
"""

import hashlib
import os
import re
import subprocess
import tempfile
import pathlib

from . import archives
from .contents import ROOT, Entry, read

HOME = "usr/lib/wireloom"
SUGGESTED = ["gcc-arm-none-eabi", "qemu-system-arm", "wabt"]


def glibc(program):
    """The version of the C library that the program needs: the highest of its symbols."""
    symbols = subprocess.run(
        ["objdump", "-T", program], check=True, stdout=subprocess.PIPE
    ).stdout.decode()
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", symbols)
    return ".".join(map(str, max((int(major), int(minor)) for major, minor in versions)))


def display_packages():
    lines = (ROOT / "scripts/debian-packages").read_text().splitlines()
    return [line.split()[1] for line in lines if line.startswith("display ")]


def manual(version, helped, day):
    """A page for man(1), of what `wireloom --help` says."""
    plain = lambda text: text.replace("\\", "\\\\").replace("-", "\\-").replace("'", "\\(aq")
    about, commands = helped.split("Commands:\n", 1)
    commands = commands.split("\n\n", 1)[0]
    page = [
        f'.TH WIRELOOM 1 "{day}" "wireloom {version}" "User Commands"',
        ".SH NAME",
        "wireloom \\- a studio for software\\-defined vehicles",
        ".SH SYNOPSIS",
        ".B wireloom",
        "[\\fICOMMAND\\fR] [\\fIPROJECT\\fR] [\\fIOPTIONS\\fR]",
        ".SH DESCRIPTION",
        plain(" ".join(about.split("Usage:")[0].split())),
        ".SH COMMANDS",
    ]
    for line in commands.splitlines():
        found = re.match(r"  (\S+)\s+(.+)", line)
        if found:
            page += [".TP", f".B {plain(found[1])}", plain(found[2])]
        elif line.strip():
            page.append(plain(line.strip()))
    page += [
        ".SH SEE ALSO",
        "\\fBwireloom\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR; /usr/share/doc/wireloom/docs",
    ]
    return "\n".join(page) + "\n"


def control(version, program, installed):
    size = sum(len(entry.data) for entry in installed.values())
    return f"""Package: wireloom
Version: {version}
Section: devel
Priority: optional
Architecture: amd64
Maintainer: The Wireloom authors <wireloom@localhost>
Installed-Size: {(size + 1023) // 1024}
Depends: libc6 (>= {glibc(program)}), libgcc-s1
Recommends: {", ".join(display_packages())}
Suggests: {", ".join(SUGGESTED)}
Description: studio for software-defined vehicles
 Composes WebAssembly components into vehicle systems over typed wires,
 simulates them in virtual time, and exports what runs on the vehicle.
 Without a display it is a command line.
"""


def copyright_file():
    return """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Wireloom

Files: *
Copyright: the Wireloom authors
License: Apache-2.0 or MIT
 The texts are /usr/lib/wireloom/LICENSE-APACHE and /usr/lib/wireloom/LICENSE-MIT.
 What is compiled in has the licences in /usr/lib/wireloom/THIRD-PARTY.txt.
"""


def pack(version, program, files, icons, helped, day, target):
    """Writes the package; `icons` are PNG files by their pixels."""
    installed = {f"{HOME}/{path}": entry for path, entry in files.items()}
    share = {
        "applications/wireloom.desktop": read("packaging/wireloom.desktop"),
        "mime/packages/wireloom.xml": read("packaging/wireloom.xml"),
        "icons/hicolor/scalable/apps/wireloom.svg": read("assets/icon/wireloom.svg"),
        "man/man1/wireloom.1.gz": Entry(archives.gzipped(manual(version, helped, day).encode())),
        "doc/wireloom/copyright": Entry(copyright_file().encode()),
        "doc/wireloom/changelog.gz": Entry(archives.gzipped(read("CHANGELOG.md").data)),
    }
    for pixels, png in icons.items():
        share[f"icons/hicolor/{pixels}x{pixels}/apps/wireloom.png"] = Entry(png)
    installed.update({f"usr/share/{path}": entry for path, entry in share.items()})
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for path, entry in installed.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(entry.data)
            place.chmod(archives.mode(entry))
        links = {"usr/bin/wireloom": "../lib/wireloom/wireloom"}
        links["usr/share/doc/wireloom/docs"] = "../../../lib/wireloom/docs"
        for path, to in links.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            os.symlink(to, folder / path)
        sums = [
            f"{hashlib.md5(entry.data).hexdigest()}  {path}\n"
            for path, entry in sorted(installed.items())
        ]
        debian = folder / "DEBIAN"
        debian.mkdir()
        (debian / "control").write_text(control(version, program, installed))
        (debian / "md5sums").write_text("".join(sums))
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
        # One thread: the bytes shall not hang on how many there are.
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--threads-max=1"]
        subprocess.run([*command, "--build", folder, target], check=True, stdout=subprocess.DEVNULL)
