# Set-up that ./studio, ./check and the scripts share: Debian packages, Rust targets, the Python
# environment. Sourced by bash; says what it installs and why; costs nothing when all is there.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/wireloom"

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The packages of a set that are not installed, as lines "package what for".
missing_packages() {
    local kind package reason
    while read -r kind package reason; do
        [ "$kind" = "$1" ] || continue
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' \
            || printf '%s %s\n' "$package" "$reason"
    done < "$root/scripts/debian-packages"
}

# As root: at once; with sudo: through it, without asking for a password where nobody can answer.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        return 1
    fi
}

# Installs what is missing of a set. Without apt, root or network it says what is missing and goes
# on: what cannot do without it says so itself.
install_packages() {
    local missing names
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "set-up: no apt here; see scripts/debian-packages for what the set '$1' needs"
        return 0
    fi
    missing=$(missing_packages "$1")
    [ -n "$missing" ] || return 0
    say "set-up: installing Debian packages"
    printf '%s\n' "$missing" | sed 's/^\([^ ]*\) /    \1: /'
    names=$(printf '%s\n' "$missing" | cut -d' ' -f1)
    # shellcheck disable=SC2086  # one argument a package
    if as_root apt-get -qq update >/dev/null 2>&1 \
        && as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq install --no-install-recommends -y $names >/dev/null 2>&1; then
        return 0
    fi
    say "set-up: they could not be installed (is there root or sudo, and network?); going on without"
}

need_cargo() {
    command -v cargo >/dev/null || PATH="${CARGO_HOME:-${HOME:-/root}/.cargo}/bin:$PATH"
    command -v cargo >/dev/null || fail "cargo is missing; install Rust from https://rustup.rs"
}

# Adds a target of the Rust compiler where it is missing.
rust_target() {
    [ -d "$(rustc --print sysroot)/lib/rustlib/$1/lib" ] && return 0
    say "set-up: adding the Rust target $1: $2"
    command -v rustup >/dev/null || { say "set-up: rustup is missing; going on without"; return 0; }
    rustup -q target add "$1" || say "set-up: it could not be added; going on without"
}

# Adds the sources of Rust's standard library where they are missing.
rust_source() {
    [ -e "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ] && return 0
    say "set-up: adding the sources of Rust's standard library: $1"
    command -v rustup >/dev/null || { say "set-up: rustup is missing; going on without"; return 0; }
    rustup -q component add rust-src || say "set-up: they could not be added; going on without"
}

# Makes the environment of requirements.txt where it is missing, and exports WIRELOOM_PYTHON.
python_environment() {
    local python version sum folder
    [ -z "${WIRELOOM_PYTHON:-}" ] || return 0
    python=$(command -v python3) || { say "set-up: python3 is missing"; return 1; }
    version=$("$python" -c 'import platform; print(platform.python_version())')
    sum=$(sha256sum "$root/requirements.txt" | cut -c1-12)
    folder="$cache/python-$version-$sum"
    if [ ! -e "$folder/complete" ]; then
        say "set-up: making a Python environment in $folder: requirements.txt says what for"
        rm -rf "$folder"
        mkdir -p "$cache"
        if ! { "$python" -m venv "$folder" \
            && "$folder/bin/python" -m pip -q install --disable-pip-version-check \
                -r "$root/requirements.txt"; }; then
            say "set-up: it could not be made (is python3-venv there, and network?)"
            return 1
        fi
        touch "$folder/complete"
    fi
    export WIRELOOM_PYTHON="$folder/bin/python"
}

# Makes the environment of tests/guests/package-lock.json where it is missing, and exports WIRELOOM_NODE,
# the folder with node_modules; Node.js itself is in the Python environment.
node_environment() {
    local sum folder programs
    [ -z "${WIRELOOM_NODE:-}" ] || return 0
    python_environment || return 1
    programs=$(dirname "$WIRELOOM_PYTHON")
    sum=$(cat "$root/requirements.txt" "$root/tests/guests/package-lock.json" | sha256sum | cut -c1-12)
    folder="$cache/node-$sum"
    if [ ! -e "$folder/complete" ]; then
        say "set-up: making a Node.js environment in $folder: tests/guests/package.json says what for"
        rm -rf "$folder"
        mkdir -p "$folder"
        cp "$root/tests/guests/package.json" "$root/tests/guests/package-lock.json" "$folder"
        if ! PATH="$programs:$PATH" npm --prefix "$folder" --silent ci; then
            say "set-up: it could not be made (is there network?)"
            return 1
        fi
        touch "$folder/complete"
    fi
    export WIRELOOM_NODE="$folder"
}
