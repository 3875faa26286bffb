//! The command line: the same acts as the window's, each with `--json`.
//! Exit status: 0 fine, 1 the model is wrong, 2 the call or the system failed.

mod arxml;
mod arxml_diff;
mod authority;
mod breaks;
mod budget;
mod can;
mod check;
mod collector;
mod compare;
mod compose;
mod dbc;
mod diff;
mod export;
mod frames;
mod icon;
mod impact;
mod import;
mod import_arxml;
mod import_dbc;
mod inspect;
mod keygen;
mod latency;
mod merge;
mod new;
mod open;
mod outcome;
mod pack;
mod picture;
mod probes;
mod progress;
mod pull;
mod push;
mod ran;
mod rebuild;
mod reopen;
mod run;
mod simulate;
mod someip;
mod targets;
mod test;
mod told;
mod verify;
mod why;
mod wrap;

pub use outcome::{Outcome, Status};

use clap::{Parser, Subcommand};
use std::{ffi::OsString, io::Write, path::PathBuf, process::ExitCode};

/// Wireloom: a studio for software-defined vehicles.
///
/// A PROJECT is a folder with one `.wireloom` file, or that file. Without a command the window
/// opens. Exit status: 0 fine, 1 the model is wrong, 2 the call or the system failed.
#[derive(Debug, Parser)]
#[command(name = "wireloom", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Action>,
    /// The project, or the composed component, to open in the window
    project: Option<PathBuf>,
    /// Print JSON with the documented fields (docs/command-line.md) instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Open the window
    Open(open::OpenArguments),
    /// Show what a component, a WIT file or a WIT folder offers and needs
    Inspect(inspect::InspectArguments),
    /// Check a project
    Check(check::CheckArguments),
    /// Tell which capability of the platform reaches which instance, and by which path
    Authority(authority::AuthorityArguments),
    /// Compose a project into one component a partition, and the system file
    Compose(compose::ComposeArguments),
    /// Run a project in virtual time
    Simulate(simulate::SimulateArguments),
    /// Run the scenarios of a project, and tell which assertions hold
    Test(test::TestArguments),
    /// Tell where two runs differ first
    Compare(compare::CompareArguments),
    /// Tell why a value is what it is at an instant, and what it changed
    Why(why::WhyArguments),
    /// Measure how long it takes from a value to another one that comes of it
    Latency(latency::LatencyArguments),
    /// Run a project in real time, each ECU as a process of its own
    Run(run::RunArguments),
    /// Hold what an image does against the simulation, byte for byte
    Verify(verify::VerifyArguments),
    /// Write what runs on the vehicle
    Export(export::ExportArguments),
    /// Propose CAN frames for what leads from one ECU to another, and take them over
    Frames(frames::FramesArguments),
    /// List what a project can be exported for, and what this machine lacks for it
    Targets(targets::TargetsArguments),
    /// Make exports again from a bundle alone, without the project
    Rebuild(rebuild::RebuildArguments),
    /// Make a project of a CAN description, of AUTOSAR descriptions, or of a composition in the
    /// language of wac
    Import(import::ImportArguments),
    /// Make a project of composed components: their parts, wires and names
    Reopen(reopen::ReopenArguments),
    /// Bring a component, a WIT package or a project's partitions to a registry
    Push(push::PushArguments),
    /// Fetch a component or a WIT package from a registry
    Pull(pull::PullArguments),
    /// Show what the images of a project take of a board
    Budget(budget::BudgetArguments),
    /// Make the pair of keys that signs images for microcontrollers
    Keygen(keygen::KeygenArguments),
    /// Tell what differs between two versions of a project, by meaning
    Diff(diff::DiffArguments),
    /// Merge two versions of a project that come from one
    Merge(merge::MergeArguments),
    /// Tell what another build of a component would do to a project
    Impact(impact::ImpactArguments),
    /// Draw the canvas into a PNG file, without a display
    Picture(picture::PictureArguments),
    /// Tools for AUTOSAR descriptions
    #[command(subcommand)]
    Arxml(arxml::ArxmlAction),
    /// Tools for CAN frames
    #[command(subcommand)]
    Can(can::CanAction),
    /// Look into a CAN description (DBC), and decode logs by it
    #[command(subcommand)]
    Dbc(dbc::DbcAction),
    /// Values as the bytes of SOME/IP messages, and back
    #[command(subcommand)]
    Someip(someip::SomeipAction),
    /// Begin a component of your own from a WIT world
    New(new::NewArguments),
    /// Make a component of a generated controller in C: initialize, step, terminate
    Wrap(wrap::WrapArguments),
    /// Make a component of a core module; called by the build script of a new component
    #[command(hide = true)]
    Pack(pack::PackArguments),
    /// Draw the program's icon into a PNG file; called by ./release
    #[command(hide = true)]
    Icon(icon::IconArguments),
    /// One ECU of a running project; started by `run`
    #[command(hide = true)]
    Ecu(run::EcuArguments),
    /// One ECU under a back-to-back test; started by `verify`
    #[command(hide = true)]
    EcuUnderTest(verify::UnderTestArguments),
}

/// Runs the command line and prints; `arguments` begin with the program's name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    match Arguments::try_parse_from(&arguments) {
        Ok(parsed) => {
            let json = parsed.json;
            show(carry_out(action(parsed)), json)
        }
        // Not parsed, so not known for sure: who wrote `--json` wants JSON.
        Err(error) if error.use_stderr() && arguments.iter().any(|word| word == "--json") => {
            show(not_understood(&error), true)
        }
        Err(error) => {
            let _ = error.print();
            match error.use_stderr() {
                true => Status::Failed.into(),
                false => Status::Fine.into(),
            }
        }
    }
}

/// The usage is for people: JSON has the reason alone.
fn not_understood(error: &clap::Error) -> Outcome {
    let text = error.render().to_string();
    let reason = text.split("\n\nUsage:").next().unwrap_or_default();
    Outcome::failed(reason.trim_start_matches("error: ").trim_end())
}

/// Runs the command line without printing; what clap would print is the outcome's text.
pub fn outcome(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => carry_out(action(arguments)),
        Err(error) => Outcome {
            status: if error.use_stderr() {
                Status::Failed
            } else {
                Status::Fine
            },
            json: serde_json::Value::Null,
            text: error.render().to_string(),
        },
    }
}

fn action(arguments: Arguments) -> Action {
    let open = open::OpenArguments {
        project: arguments.project,
        milestones: false,
    };
    arguments.command.unwrap_or(Action::Open(open))
}

fn carry_out(action: Action) -> Outcome {
    match action {
        Action::Open(arguments) => open::open(arguments),
        Action::Inspect(arguments) => inspect::inspect(&arguments),
        Action::Check(arguments) => check::check(&arguments),
        Action::Authority(arguments) => authority::authority(&arguments),
        Action::Compose(arguments) => compose::compose(&arguments),
        Action::Simulate(arguments) => simulate::simulate(&arguments),
        Action::Test(arguments) => test::test(&arguments),
        Action::Compare(arguments) => compare::compare(&arguments),
        Action::Why(arguments) => why::why(&arguments),
        Action::Latency(arguments) => latency::latency(&arguments),
        Action::Run(arguments) => run::run(&arguments),
        Action::Export(arguments) => export::export(&arguments),
        Action::Frames(arguments) => frames::frames(&arguments),
        Action::Targets(arguments) => targets::targets(&arguments),
        Action::Rebuild(arguments) => rebuild::rebuild(&arguments),
        Action::Import(arguments) => import::import(&arguments),
        Action::Reopen(arguments) => reopen::reopen(&arguments),
        Action::Push(arguments) => push::push(&arguments),
        Action::Pull(arguments) => pull::pull(&arguments),
        Action::Budget(arguments) => budget::budget(&arguments),
        Action::Keygen(arguments) => keygen::keygen(&arguments),
        Action::Diff(arguments) => diff::diff(&arguments),
        Action::Merge(arguments) => merge::merge(&arguments),
        Action::Impact(arguments) => impact::show(&arguments),
        Action::Picture(arguments) => picture::picture(&arguments),
        Action::Arxml(action) => arxml::arxml(&action),
        Action::Can(action) => can::can(&action),
        Action::Dbc(action) => dbc::dbc(&action),
        Action::Someip(action) => someip::someip(&action),
        Action::New(arguments) => new::new(&arguments),
        Action::Wrap(arguments) => wrap::wrap(&arguments),
        Action::Pack(arguments) => pack::pack(&arguments),
        Action::Icon(arguments) => icon::icon(&arguments),
        Action::Ecu(arguments) => run::ecu(&arguments),
        Action::Verify(arguments) => verify::verify(&arguments),
        Action::EcuUnderTest(arguments) => verify::under_test(&arguments),
    }
}

/// Results go to standard output, what went wrong to standard error; with `--json` everything is
/// one JSON value on standard output. A reader that has gone away is no error of ours.
fn show(outcome: Outcome, json: bool) -> ExitCode {
    let mut output = std::io::stdout().lock();
    let _ = match (json, outcome.status) {
        (true, _) => writeln!(output, "{:#}", outcome.json),
        (false, Status::Fine) => write!(output, "{}", outcome.text),
        (false, _) => write!(std::io::stderr().lock(), "{}", outcome.text),
    };
    let _ = output.flush();
    outcome.status.into()
}
