//! Lines of rows that no driver has made: all modes of SPI, by sigrok, and pins.

use super::*;
use deployment::{ActiveLevel, Bus, Device, Pin, PinDirection, Pull, SpiDevice};
use std::process::Command;

fn system(kind: BusKind) -> System {
    System {
        buses: vec![Bus {
            name: "bus".to_owned(),
            kind,
        }],
        format: 1,
        name: "waves".to_owned(),
        ecus: Vec::new(),
        routes: Vec::new(),
        blocks: Vec::new(),
    }
}

fn written(system: &System, forms: &SpiForms, rows: &[(u64, Kind, &str, &str)]) -> String {
    let mut trace = Trace::new(1 << 20);
    for (at_ns, kind, subject, detail) in rows {
        trace.advance(*at_ns);
        let subject = trace.subject(subject);
        trace.record(*at_ns, *kind, subject, format_args!("{detail}"));
    }
    let mut file = Vec::new();
    write(system, forms, (&trace, 1_000_000), &mut file).unwrap();
    String::from_utf8(file).unwrap()
}

#[test]
fn sigrok_decodes_the_same_bytes_in_all_modes_and_orders() {
    let device = SpiDevice {
        name: "adc".to_owned(),
        model: "mcp3008".to_owned(),
        chip_select: 0,
        mode: SpiMode::Mode0,
        stimuli: BTreeMap::new(),
    };
    let system = system(BusKind::Spi {
        clock_hz: 1_000_000,
        devices: vec![device],
    });
    for number in 0..4u8 {
        for order in [
            BitOrder::MostSignificantFirst,
            BitOrder::LeastSignificantFirst,
        ] {
            let mode = SpiMode::numbered(number).unwrap();
            let forms = SpiForms::from([("adc".to_owned(), (mode, order))]);
            // Seven bytes at 1 MHz with 10 us of rest, then one byte.
            let rows = [
                (
                    166_000,
                    Kind::Spi,
                    "bus",
                    "ecu adc t0180aa>ff03c1 d10000 r1234 w5600 100000",
                ),
                (308_000, Kind::Spi, "bus", "ecu adc t81>7e 300000"),
            ];
            let text = written(&system, &forms, &rows);
            let file = tempfile::NamedTempFile::with_suffix(".vcd").unwrap();
            std::fs::write(file.path(), text).unwrap();
            let order = match order {
                BitOrder::MostSignificantFirst => "msb-first",
                BitOrder::LeastSignificantFirst => "lsb-first",
            };
            let decoder = format!(
                "spi:clk=sclk:mosi=mosi:miso=miso:cs=cs_adc:cpol={}:cpha={}:bitorder={order}",
                number >> 1,
                number & 1
            );
            let read = |annotation: &str| {
                let output = Command::new("sigrok-cli")
                    .args([
                        "-I",
                        "vcd:downsample=10",
                        "-P",
                        &decoder,
                        "-A",
                        annotation,
                        "-i",
                    ])
                    .arg(file.path())
                    .output()
                    .expect("sigrok-cli is missing: `./check` installs it");
                let text = String::from_utf8(output.stdout).unwrap();
                let byte = |line: &str| line.rsplit(' ').next().unwrap().to_owned();
                text.lines().map(byte).collect::<Vec<_>>()
            };
            let (mosi, miso) = (read("spi=mosi-data"), read("spi=miso-data"));
            assert_eq!(mosi.join(" "), "01 80 AA 00 00 56 00 81", "{decoder}");
            // Nobody looked at what came while the driver only wrote.
            let known = [0, 1, 2, 3, 4, 7].map(|place: usize| miso[place].as_str());
            assert_eq!(known.join(" "), "FF 03 C1 12 34 7E", "{decoder}");
        }
    }
}

#[test]
fn pins_are_lines_and_numbers() {
    let pin = |name: &str, signal| Pin {
        name: name.to_owned(),
        signal,
        direction: PinDirection::InOut,
        active_level: ActiveLevel::High,
        pull: Some(Pull::Up),
        stimuli: BTreeMap::new(),
    };
    let system = system(BusKind::Gpio {
        pins: vec![
            pin("lamp", PinSignal::Digital),
            pin("level", PinSignal::Analog { full_scale: 1023 }),
        ],
    });
    let rows = [
        (5, Kind::Pin, "lamp", "ecu low"),
        (7, Kind::Pin, "level", "world 5"),
        (7, Kind::Pin, "lamp", "ecu high"),
        (9, Kind::Pin, "lamp", "world high"),
    ];
    let text = written(&system, &SpiForms::new(), &rows);
    let (_, changes) = text.split_once("$dumpvars").unwrap();
    let zeros = "0".repeat(32);
    let five = format!("{}101", "0".repeat(29));
    assert_eq!(
        changes.split_whitespace().collect::<Vec<_>>().join(" "),
        format!("1! b{zeros} \" $end #5 0! #7 b{five} \" 1! #1000000")
    );
    assert!(text.contains("$var integer 32 \" level $end"), "{text}");
}

/// The address of 10 bits in a read: both bytes for writing, then the first again.
#[test]
fn clocks_of_ten_bit_addresses() {
    let device = Device {
        name: "far".to_owned(),
        model: "tmp105".to_owned(),
        address: 0x2a5,
        stimuli: BTreeMap::new(),
    };
    let system = system(BusKind::I2c {
        clock_hz: 100_000,
        devices: vec![device],
    });
    let rows = [(480_000, Kind::I2c, "bus", "ecu 0x2a5 rff ok 100000")];
    let text = written(&system, &SpiForms::new(), &rows);
    // SDA wherever SCL rises: START, F4 and A5, repeated START, F5, data, STOP.
    let (mut sda, mut bits) = ('1', String::new());
    for line in text.split_once("#0").unwrap().1.lines() {
        match line {
            "0\"" | "1\"" => sda = line.chars().next().unwrap(),
            "1!" => bits.push(sda),
            _ => {}
        }
    }
    let expected = [
        "1",
        "111101000",
        "101001010",
        "1",
        "111101010",
        "111111111",
        "0",
    ];
    assert_eq!(bits, expected.concat());
}
