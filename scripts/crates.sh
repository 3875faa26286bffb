# Copies of crates with another line than in the registry, for the scripts that build programs: for
# what no feature or setting of a crate takes out. Each line is found by its whole text; where it is not
# there once, the build fails, so another version of the crate is looked at. Sourced by bash, behind
# setup.sh. Cargo takes another lock file by an option that it calls unstable: RUSTC_BOOTSTRAP=1.

# crate_copies FOLDER SHOWN WORKSPACE LOCK: begins with no copies in FOLDER, which cargo is to know as
# SHOWN, of the crates in WORKSPACE; its lock file with the copies becomes LOCK. `options` belong behind
# `cargo build`.
crate_copies() {
    copies=$2
    lock=$4
    rm -rf "$1"
    mkdir -p "$1"
    cargo fetch --quiet --locked --manifest-path "$3/Cargo.toml"
    cp "$3/Cargo.lock" "$lock"
    options=(-Zlockfile-path --config "resolver.lockfile-path='$lock'")
}

# with_line CRATE FILE LINE OTHER: the build takes a copy of the crate with another line.
with_line() {
    local version found
    if [ ! -e "$copies/$1" ]; then
        version=$(sed -n "/^name = \"$1\"$/{n;s/^version = \"\(.*\)\"$/\1/p}" "$lock")
        for found in "${CARGO_HOME:-${HOME:-/root}/.cargo}"/registry/src/*/"$1-$version"; do
            cp -rp "$found" "$copies/$1"
            break
        done
        # A crate of a folder has neither source nor checksum in the lock file.
        sed -i "/^name = \"$1\"$/,/^\$/{/^source = /d;/^checksum = /d}" "$lock"
        options+=(--config "patch.crates-io.$1.path='$copies/$1'")
    fi
    [ "$(grep -cxF "$3" "$copies/$1/$2")" = 1 ] || fail "$1 has no line '$3' in $2, or several"
    LINE=$3 OTHER=$4 awk '{ print $0 == ENVIRON["LINE"] ? ENVIRON["OTHER"] : $0 }' "$copies/$1/$2" > "$copies/line"
    mv "$copies/line" "$copies/$1/$2"
    # Not newer than the list of lines: else everything is compiled again each time.
    touch -r "$0" "$copies/$1/$2"
}
