//! What the Windows program carries beside its code: icon, version, manifest, and the stack that the
//! main thread has on other systems. Does nothing for those.

#[path = "src/icon.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is a part of the program, which uses more of it"
)]
mod icon;

use std::{env, fs, path::Path};

/// The main thread reads and composes components, as deep as they are nested.
const STACK_BYTES: u32 = 8 << 20;
const ICON_PIXELS: [u16; 6] = [16, 24, 32, 48, 64, 256];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=windows.manifest");
    println!("cargo::rerun-if-changed=src/icon.rs");
    println!("cargo::rerun-if-changed=../assets/icon/wireloom.svg");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if !is("CARGO_CFG_TARGET_OS", "windows") {
        return;
    }
    let stack = match is("CARGO_CFG_TARGET_ENV", "gnu") {
        true => format!("-Wl,--stack,{STACK_BYTES}"),
        false => format!("/STACK:{STACK_BYTES}"),
    };
    println!("cargo::rustc-link-arg-bins={stack}");
    if let Err(reason) = resources() {
        println!(
            "cargo::error=the program's icon and manifest cannot be packed: {reason}; install binutils-mingw-w64 (Debian), which has windres"
        );
    }
}

fn resources() -> Result<(), String> {
    let folder = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let path = Path::new(&folder).join("wireloom.ico");
    let icon = ico().ok_or("assets/icon/wireloom.svg has more than src/icon.rs reads")?;
    fs::write(&path, icon).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut resource = winresource::WindowsResource::new();
    resource
        .set_icon(&path.to_string_lossy())
        .set("ProductName", "Wireloom")
        .set("FileDescription", "Wireloom")
        .set("LegalCopyright", "Apache-2.0 OR MIT")
        .set_manifest_file("windows.manifest");
    resource.compile().map_err(|error| error.to_string())
}

/// The format ICO: a list of bitmaps, each with a bottom-up BGRA image and an empty mask.
fn ico() -> Option<Vec<u8>> {
    let images: Vec<(u16, Vec<u8>)> = ICON_PIXELS
        .iter()
        .map(|pixels| Some((*pixels, bitmap(*pixels, &icon::paint(*pixels)?))))
        .collect::<Option<_>>()?;
    let count = u16::try_from(images.len()).ok()?;
    let mut file = [0_u16, 1, count].map(u16::to_le_bytes).concat();
    let mut offset = 6 + 16 * u32::from(count);
    for (pixels, image) in &images {
        let length = u32::try_from(image.len()).ok()?;
        // 256 is written as 0.
        let side = u8::try_from(*pixels).unwrap_or(0);
        file.extend([side, side, 0, 0, 1, 0, 32, 0]);
        file.extend(length.to_le_bytes());
        file.extend(offset.to_le_bytes());
        offset += length;
    }
    file.extend(images.into_iter().flat_map(|(_, image)| image));
    Some(file)
}

fn bitmap(pixels: u16, rgba: &[u8]) -> Vec<u8> {
    let side = u32::from(pixels);
    let mut bytes = Vec::new();
    // BITMAPINFOHEADER; its height counts image and mask.
    bytes.extend([40, side, side * 2].map(u32::to_le_bytes).concat());
    bytes.extend([1_u16, 32].map(u16::to_le_bytes).concat());
    bytes.extend([0_u8; 24]);
    for row in rgba.chunks(usize::from(pixels) * 4).rev() {
        for pixel in row.chunks(4) {
            if let [red, green, blue, alpha] = pixel {
                bytes.extend([blue, green, red, alpha]);
            }
        }
    }
    // Rows of the mask are whole words of 32 bits.
    bytes.extend(vec![
        0;
        usize::from(pixels)
            * usize::from(pixels.div_ceil(32))
            * 4
    ]);
    bytes
}
