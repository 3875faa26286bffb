//! `wireloom-ecu`: one ECU of a bundle as a service of a Linux machine. Reads its arguments; the
//! library does the rest.

use std::{env, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Mutex, time::Duration};

use runner::{
    CONFIGURATION_FILE, Configuration, EcuReport, Milestone, RunError, ServiceOptions, Trial,
    read_bundle, run_bundle, write_whole,
};

const USAGE: &str = "wireloom-ecu [OPTIONS] BUNDLE

Runs the ECU of a bundle until SIGTERM.

  BUNDLE                folder that `wireloom export --target linux-…` has written
  --configuration FILE  instead of ecu.toml in the bundle
  --hub ADDRESS         virtual buses: IP address and port of the hub
  --for-ms NUMBER       end by itself after that time
  --trial FILE          remove this file after a minute without a stopped partition
  --trial-ms NUMBER     instead of a minute
  --check               read and check bundle and configuration, run nothing
  --milestones          tell when partitions are loaded and started, in CLOCK_MONOTONIC
  --report              print what was counted, as JSON, at the end
  --version             print the version and what native code has to be made for";

#[derive(Default)]
struct Arguments {
    bundle: Option<PathBuf>,
    configuration: Option<PathBuf>,
    hub: Option<SocketAddr>,
    for_ms: Option<u64>,
    trial: Option<PathBuf>,
    trial_ms: Option<u64>,
    check: bool,
    milestones: bool,
    report: bool,
}

#[cfg(target_os = "linux")]
#[global_allocator]
static HEAP: runner::Heap = runner::Heap::new();

/// Milestones until the first task, with their instants; then none.
static MILESTONES: Mutex<Option<Vec<(Milestone, u64)>>> = Mutex::new(Some(Vec::new()));

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("--help" | "-h") => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Some("--version") => {
            let engine = runner::engine_for(env::consts::ARCH);
            println!(
                "wireloom-ecu {}, for {} with wasmtime {} and settings {}",
                env!("CARGO_PKG_VERSION"),
                engine.architecture,
                engine.wasmtime,
                engine.settings_sha256
            );
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let arguments = match parse(words) {
        Ok(arguments) => arguments,
        Err(words) => {
            write_whole(&format!("error: {words}\n\n{USAGE}"));
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(Some(report)) if arguments.report => {
            println!("{}", serde_json::json!(report));
            ExitCode::SUCCESS
        }
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            write_whole(&format!("<3>wireloom-ecu: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn parse(words: Vec<String>) -> Result<Arguments, String> {
    fn number(option: &str, value: &str) -> Result<u64, String> {
        value
            .parse()
            .map_err(|_| format!("`{option}` takes a number, not `{value}`"))
    }
    let mut arguments = Arguments::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("`{word}` takes a value"));
        match word.as_str() {
            "--check" => arguments.check = true,
            "--milestones" => arguments.milestones = true,
            "--report" => arguments.report = true,
            "--configuration" => arguments.configuration = Some(value()?.into()),
            "--trial" => arguments.trial = Some(value()?.into()),
            "--for-ms" => arguments.for_ms = Some(number(&word, &value()?)?),
            "--trial-ms" => arguments.trial_ms = Some(number(&word, &value()?)?),
            "--hub" => {
                let address = value()?;
                let parsed = address.parse();
                let words = format!("`{address}` is no IP address with a port");
                arguments.hub = Some(parsed.map_err(|_| words)?);
            }
            option if option.starts_with('-') => return Err(format!("unknown option `{option}`")),
            bundle if arguments.bundle.is_none() => arguments.bundle = Some(bundle.into()),
            extra => return Err(format!("one bundle is run, `{extra}` is too much")),
        }
    }
    match arguments.bundle {
        Some(_) => Ok(arguments),
        None => Err("which bundle?".to_owned()),
    }
}

fn run(arguments: &Arguments) -> Result<Option<EcuReport>, RunError> {
    let bundle = arguments.bundle.clone().unwrap_or_default();
    let loadable = read_bundle(&bundle)?;
    let configuration = arguments.configuration.clone();
    let configuration = configuration.unwrap_or_else(|| bundle.join(CONFIGURATION_FILE));
    let configuration = Configuration::read(&configuration)?;
    if arguments.check {
        println!("ECU `{}` can be run", loadable.ecu);
        return Ok(None);
    }
    let passes_after = Duration::from_millis(arguments.trial_ms.unwrap_or(60_000));
    let trial = arguments.trial.clone().map(|marker| Trial {
        marker,
        passes_after,
    });
    let options = ServiceOptions {
        loadable,
        configuration,
        hub: arguments.hub,
        run_for: arguments.for_ms.map(Duration::from_millis),
        trial,
        milestone: match arguments.milestones {
            true => tell,
            false => |_| (),
        },
    };
    run_bundle(options).map(Some)
}

/// Written at once, behind the last one: whoever reads a line wakes up, and would be measured.
fn tell(milestone: Milestone) {
    let now_ns = runner::monotonic_ns();
    let Ok(mut milestones) = MILESTONES.lock() else {
        return;
    };
    let Some(known) = milestones.as_mut() else {
        return;
    };
    known.push((milestone, now_ns));
    if milestone == Milestone::FirstTaskBegins {
        let lines = milestones.take().into_iter().flatten();
        let lines = lines.map(|(milestone, at_ns)| format!("{milestone:?} {at_ns}\n"));
        print!("{}", lines.collect::<String>());
    }
}
