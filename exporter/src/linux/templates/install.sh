#!/bin/sh
# Installs this bundle, or updates to it: as root, from the bundle's folder on the vehicle.
#
#     sh install.sh [--no-start]
#
# WIRELOOM_ROOT is put before all paths (for images and tests; nothing is started then).
set -eu
ecu='@ECU@'
root="${WIRELOOM_ROOT:-}"
here=$(cd "$(dirname "$0")" && pwd)
slots="$root/opt/wireloom/$ecu"
service="wireloom-$ecu.service"

mkdir -p "$slots" "$root/etc/wireloom" "$root/etc/systemd/system"
[ -e "$slots/slot" ] || install -m 755 "$here/slot" "$slots/slot"
"$slots/slot" install "$here"
# What was set up for this vehicle stays.
[ -e "$root/etc/wireloom/$ecu.toml" ] || install -m 644 "$here/ecu.toml" "$root/etc/wireloom/$ecu.toml"
install -m 644 "$here/$service" "$root/etc/systemd/system/$service"
if [ -z "$root" ] && [ "${1:-}" != --no-start ]; then
    systemctl daemon-reload
    systemctl enable "$service"
    systemctl restart "$service"
fi
