# Wine for scripts/test-windows and scripts/try-release, in a folder of its own and without a desktop
# of the user's. Sourced by bash, behind scripts/setup.sh.

# start_wine FOLDER: makes it wine's folder and waits until it is set up.
start_wine() {
    command -v wine >/dev/null || fail "wine is missing; scripts/debian-packages says what for"
    export WINEPREFIX="$1" WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
    unset DISPLAY WAYLAND_DISPLAY
    wine wineboot --init >/dev/null 2>&1 || fail "wine cannot be set up in $1"
    random_numbers "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll"
}

# Rust's standard library asks this library of Windows for random numbers; wine has it since 9.8.
random_numbers() {
    [ ! -e "$1" ] || return 0
    x86_64-w64-mingw32-gcc -shared -o "$1" -xc - -lbcrypt <<'END'
#include <windows.h>
#include <bcrypt.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    return BCryptGenRandom(NULL, data, (ULONG)length, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0;
}
END
}

end_wine() {
    [ -n "${WINEPREFIX:-}" ] || return 0
    wine wineboot --kill >/dev/null 2>&1 || true
    # Its server writes once more before it goes.
    sleep 3
}
