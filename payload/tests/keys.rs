//! Keys, and what a firmware says of itself.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

mod common;

use payload::{FirmwareInfo, KeyError, PublicKey, Region, SigningKey};

#[test]
fn the_development_key_is_the_one_of_its_public_seed() {
    let key = SigningKey::development().public();
    assert_eq!(key, PublicKey::DEVELOPMENT);
    assert!(key.is_development());
    assert!(
        !SigningKey::from_seed([7; 32])
            .unwrap()
            .public()
            .is_development()
    );
}

#[test]
fn keys_are_pem_files() {
    let key = SigningKey::from_seed([7; 32]).unwrap();
    let text = key.to_pem();
    assert!(text.starts_with("-----BEGIN PRIVATE KEY-----"), "{text}");
    assert_eq!(SigningKey::from_pem(&text).unwrap().public(), key.public());
    let public = key.public().to_pem();
    assert!(public.starts_with("-----BEGIN PUBLIC KEY-----"), "{public}");
    assert!(
        !format!("{key:?}").contains("0707"),
        "the secret is never shown"
    );
}

#[test]
fn what_is_no_key_is_refused() {
    let public = SigningKey::from_seed([7; 32]).unwrap().public().to_pem();
    for text in ["", "key", public.as_str()] {
        assert_eq!(
            SigningKey::from_pem(text).unwrap_err(),
            KeyError::Pem,
            "{text}"
        );
    }
    assert_eq!(SigningKey::from_seed([0; 32]).unwrap_err(), KeyError::Seed);
    let development = SigningKey::development().to_pem();
    assert_eq!(
        SigningKey::from_pem(&development).unwrap_err(),
        KeyError::Development
    );
}

#[test]
fn a_firmware_says_what_it_is() {
    let device = common::device();
    let info = FirmwareInfo {
        engine: device.engine,
        board: device.board,
        config: device.config,
        world: device.world,
        ram_bytes: device.ram_bytes,
        slots: [
            Region {
                address: 0x080A_0000,
                bytes: 393_216,
            },
            Region {
                address: 0x081A_0000,
                bytes: 393_216,
            },
        ],
        state: Region {
            address: 0x0800_8000,
            bytes: 32_768,
        },
        key: device.key,
    };
    let bytes = info.to_bytes();
    assert_eq!(FirmwareInfo::read(&bytes), Some(info));
    let key_at = FirmwareInfo::KEY_AT..FirmwareInfo::KEY_AT + 32;
    assert_eq!(bytes.get(key_at), Some(device.key.bytes().as_slice()));
    assert_eq!(FirmwareInfo::read(b"WLFIRMWR\x02\0"), None);
    assert_eq!(FirmwareInfo::read(b""), None);
    assert_eq!(FirmwareInfo::read(bytes.get(1..).unwrap()), None);
}
