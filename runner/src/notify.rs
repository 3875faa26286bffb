//! What systemd hears of the service (sd_notify(3)): ready, alive, stopping. A datagram each; without
//! systemd nothing is sent.

use std::{env, time::Duration};

use crate::os;

/// The service's line to systemd.
pub(crate) struct Notify {
    socket: Option<os::Manager>,
    /// How often to say that the service is alive; none: no watchdog waits for it.
    pub(crate) alive_every: Option<Duration>,
}

impl Notify {
    /// As the variables NOTIFY_SOCKET and WATCHDOG_USEC say.
    pub(crate) fn from_environment() -> Notify {
        let address = env::var("NOTIFY_SOCKET").ok();
        Notify::new(
            address.as_deref(),
            env::var("WATCHDOG_USEC").ok().as_deref(),
        )
    }

    fn new(address: Option<&str>, watchdog_us: Option<&str>) -> Notify {
        let socket = address.and_then(|address| os::manager(address).ok());
        let microseconds = watchdog_us.and_then(|text| text.parse::<u64>().ok());
        // Twice as often as it must be.
        let half = microseconds.map(|period| Duration::from_micros(period / 2));
        Notify {
            alive_every: half.filter(|half| socket.is_some() && !half.is_zero()),
            socket,
        }
    }

    pub(crate) fn ready(&self) {
        self.say("READY=1\nSTATUS=all partitions run");
    }

    pub(crate) fn alive(&self) {
        self.say("WATCHDOG=1");
    }

    pub(crate) fn stopping(&self) {
        self.say("STOPPING=1");
    }

    fn say(&self, words: &str) {
        if let Some(socket) = &self.socket {
            // A manager that does not listen is no reason to stop.
            let _heard = socket.send(words.as_bytes());
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use std::os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    };

    fn heard(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    #[test]
    fn the_manager_hears_the_whole_life() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let notify = Notify::new(path.to_str(), Some("2000000"));
        assert_eq!(notify.alive_every, Some(Duration::from_secs(1)));
        notify.ready();
        notify.alive();
        notify.stopping();
        assert!(heard(&manager).starts_with("READY=1\n"));
        assert_eq!(heard(&manager), "WATCHDOG=1");
        assert_eq!(heard(&manager), "STOPPING=1");
    }

    #[test]
    fn an_abstract_name_is_one_too() {
        let name = format!("wireloom-notify-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        Notify::new(Some(&format!("@{name}")), None).alive();
        assert_eq!(heard(&manager), "WATCHDOG=1");
    }

    #[test]
    fn without_a_manager_nothing_is_sent_and_nothing_is_due() {
        for address in [None, Some("/nowhere/notify")] {
            let notify = Notify::new(address, Some("2000000"));
            assert_eq!(notify.alive_every, None);
            notify.ready();
        }
        assert_eq!(Notify::new(None, Some("soon")).alive_every, None);
    }
}
