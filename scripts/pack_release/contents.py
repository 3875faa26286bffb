"""The files of a package, the same for each form: the program, and what it looks for beside it."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Of the samples: what a user opens. Their guests' sources need the repository.
SAMPLES = {".wireloom", ".layout", ".dbc"}


class Entry:
    """A file: its bytes, and whether it is run."""

    def __init__(self, data, is_program=False):
        self.data = data
        self.is_program = is_program


def tracked(folder):
    command = ["git", "ls-files", "-z", "--", folder]
    names = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return sorted(name for name in names.decode().split("\0") if name)


def read(name):
    return Entry((ROOT / name).read_bytes())


def contents(version, program, name, notices, ecu_programs):
    """By path in the package's folder. `program` is the built file, `name` what it is called."""
    files = {
        name: Entry(program.read_bytes(), is_program=True),
        "THIRD-PARTY.txt": Entry(notices.encode()),
        "README.txt": Entry(read("packaging/README.txt").data.replace(b"VERSION", version.encode())),
    }
    for licence in ("LICENSE-APACHE", "LICENSE-MIT"):
        files[licence] = read(licence)
    for path in tracked("assets/components") + tracked("assets/firmware") + tracked("docs"):
        files[path] = read(path)
    for path in tracked("samples"):
        if pathlib.Path(path).suffix in SAMPLES or "/wit/" in path:
            files[path] = read(path)
    for path in sorted(ecu_programs.glob("*/*")):
        if path.parent.name in ("x86_64", "aarch64"):
            files[f"ecu/{path.parent.name}/{path.name}"] = Entry(path.read_bytes(), is_program=True)
    return files
