//! `wireloom wrap`: the WIT and the glue of controllers in C, components that an independent engine
//! runs, and what is refused. Components are built where zig is; `./check` provides it.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wireloom::wrap::{Request, WrapError, Wrapped, wrap};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/wrapped")
}

fn request(header: &str, step: &str, files: &[(&str, &str)]) -> Request {
    let files = files.iter();
    Request {
        header: header.to_owned(),
        step: step.to_owned(),
        files: files
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
        ..Request::default()
    }
}

fn headers(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "h"))
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// The sample is what the command makes of its headers; BLESS=1 makes it anew.
#[test]
fn the_sample_is_what_its_headers_give() {
    let mut meaning = String::new();
    for name in ["windscreen", "wiper"] {
        let request = Request {
            header: format!("{name}.h"),
            step: name.to_owned(),
            files: headers(&samples().join(name)),
            ..Request::default()
        };
        let made = wrap(&request, None, Some("wireloom:wrapped@0.1.0")).unwrap();
        assert_eq!(made.notes, []);
        same(
            &samples().join("wit").join(format!("{name}.wit")),
            &made.wit,
        );
        same(&samples().join(name).join("wireloom_glue.c"), &made.glue);
        meaning += &made.meaning;
    }
    same(&samples().join("meaning.toml"), &meaning);
}

fn same(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, text).unwrap();
    }
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        text,
        "{}",
        path.display()
    );
}

/// Everything that goes through a port, in the form with variables.
const GAUGE_HEADER: &str = r#"
#ifndef GAUGE_H
#define GAUGE_H
#include "rtwtypes.h"
#ifdef __cplusplus
extern "C" {
#endif
#define GAUGE_WHEELS (2 * 2)
typedef enum { Gear_Reverse = -1, Gear_Neutral = 0, Gear_Drive = 4 } Gear;
typedef struct { real32_T re; real32_T im; } pair_T;
struct tag_RTM_gauge_T { const char_T * volatile errorStatus; };
typedef struct tag_RTM_gauge_T RT_MODEL_gauge_T;
typedef struct {
  real_T WheelSpeed[GAUGE_WHEELS]; /* '<Root>/WheelSpeed' [km/h] */
  pair_T Pairs[2];
  Gear SelectedGear;
  boolean_T type, Type;
  int64_t Distance;
} ExtU_gauge_T;
typedef struct {
  real_T Mean;               /* '<Root>/Mean' [km/h] */
  uint16_T Table[2][3];
  Gear Gears[2];
  boolean_T Flags[2];
  int8_T Sign;
  int64_t Distance;
} ExtY_gauge_T;
extern ExtU_gauge_T gauge_U;
extern ExtY_gauge_T gauge_Y;
extern void gauge_initialize(void);
extern void gauge_step(void);
extern RT_MODEL_gauge_T *const gauge_M;
#ifdef __cplusplus
}
#endif
#endif
"#;

const GAUGE: &str = r#"
#include "gauge.h"
#include <math.h>
#include <string.h>
ExtU_gauge_T gauge_U;
ExtY_gauge_T gauge_Y;
void gauge_initialize(void) { memset(&gauge_Y, 0, sizeof gauge_Y); }
void gauge_step(void) {
  real_T sum = 0.0;
  for (int i = 0; i < GAUGE_WHEELS; i++) sum += gauge_U.WheelSpeed[i];
  gauge_Y.Mean = sqrt(sum * sum) / GAUGE_WHEELS;
  for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++) gauge_Y.Table[i][j] = (uint16_T)(10 * i + j);
  gauge_Y.Gears[0] = gauge_U.SelectedGear;
  gauge_Y.Gears[1] = Gear_Drive;
  gauge_Y.Flags[0] = gauge_U.type;
  gauge_Y.Flags[1] = gauge_U.Type;
  gauge_Y.Sign = (int8_T)(gauge_U.Pairs[1].re - gauge_U.Pairs[0].im);
  gauge_Y.Distance = gauge_U.Distance - 1;
}
"#;

/// Everything that a step can be handed, and a state.
const MIXER_HEADER: &str = r#"
typedef struct { double sum; int steps; } Mixer;
typedef struct { float left, right; } Levels;
void mixer_init(Mixer *self);
void mixer_step(Mixer *self, const Levels *levels, float gain, const short offsets[2],
                double *mean, unsigned char peaks[3]);
"#;

const MIXER: &str = r#"
#include "mixer.h"
void mixer_init(Mixer *self) { self->sum = 0; self->steps = 0; }
void mixer_step(Mixer *self, const Levels *levels, float gain, const short offsets[2],
                double *mean, unsigned char peaks[3]) {
  self->sum += gain * (levels->left + levels->right) + offsets[0] + offsets[1];
  self->steps += 1;
  *mean = self->sum / self->steps;
  for (int i = 0; i < 3; i++) peaks[i] = (unsigned char)(self->steps + i);
}
"#;

#[test]
fn values_of_every_sort_become_wit() {
    let gauge = wrap(
        &request("gauge.h", "gauge_step", &[("gauge.h", GAUGE_HEADER)]),
        None,
        None,
    );
    let gauge = gauge.unwrap();
    assert_eq!((gauge.inputs, gauge.outputs), (6, 6));
    insta::assert_snapshot!("gauge_wit", gauge.wit);
    insta::assert_snapshot!("gauge_glue", gauge.glue);
    insta::assert_snapshot!("gauge_meaning", gauge.meaning);
    let mixer = wrap(
        &request("mixer.h", "mixer", &[("mixer.h", MIXER_HEADER)]),
        None,
        None,
    );
    insta::assert_snapshot!("mixer_glue", mixer.unwrap().glue);
}

#[test]
fn variables_are_taken_by_name() {
    let text = "struct in { int a; }; extern struct in first; extern float second; extern int third; void run(void);";
    let mut request = request("a.h", "run", &[("a.h", text)]);
    request.inputs = vec!["first".into(), "second".into()];
    request.outputs = vec!["third".into()];
    let made = wrap(&request, Some("runner"), Some("acme:drive@1.2.3")).unwrap();
    assert!(
        made.wit
            .contains("record step-input {\n        /// `first` in C.\n        first: in,"),
        "{}",
        made.wit
    );
    assert!(made.wit.starts_with("package acme:drive@1.2.3;"));
    assert!(
        made.glue.contains("first.a = input->first.a;"),
        "{}",
        made.glue
    );
}

#[test]
fn what_cannot_be_wrapped_says_where_and_why() {
    let told = |text: &str| -> String {
        let found = wrap(&request("a.h", "a", &[("a.h", text)]), None, None);
        found.map_or_else(|error| error.to_string(), |made: Wrapped| made.wit)
    };
    let of = |members: &str| {
        told(&format!(
            "typedef struct {{\n {members}\n}} ExtU_a_T;\nextern ExtU_a_T a_U;\nvoid a_step(void);"
        ))
    };
    let messages = [
        told("int b(void);"),
        told("void a_step(void);"),
        told("int a_step(void);"),
        told("extern int a_U;\nvoid a_initialize(float x);\nvoid a_step(void);"),
        of("int *p;"),
        of("unsigned f : 3;"),
        of("union { int a; float b; } u;"),
        of("void (*call)(int);"),
        of("missing_T m;"),
        of("struct gone g;"),
        of("int a[UNKNOWN];"),
        of(""),
        told("#include \"b.h\"\nextern ExtU_a_T a_U;\nvoid a_step(void);"),
        told("struct s { int x; }; void a_initialize(struct s *m); void a_step(struct s *m);"),
    ];
    insta::assert_snapshot!(messages.join("\n"));
    let mut missing = request("a.h", "a", &[("a.h", "void a_step(void);")]);
    missing.inputs = vec!["speed".into()];
    let refused = wrap(&missing, None, None).unwrap_err();
    assert_eq!(
        refused,
        WrapError::NoVariable {
            variable: "speed".into()
        }
    );
    let package = wrap(
        &request("a.h", "a", &[("a.h", "extern int a_U; void a_step(void);")]),
        None,
        Some("Acme"),
    );
    assert_eq!(package, Err(WrapError::Package("Acme".into())));
}

/// Plays the component through PyPI's engine.
const PLAY_GAUGE: &str = r#"
import sys
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record
def record(**fields):
    made = Record()
    for name, value in fields.items():
        setattr(made, name.replace("_", "-"), value)
    return made
engine = Engine(); store = Store(engine)
linker = Linker(engine)
instance = linker.instantiate(store, Component.from_file(engine, sys.argv[1]))
def call(name, function, *arguments):
    index = instance.get_export_index(store, name)
    callee = instance.get_func(store, instance.get_export_index(store, function, index))
    found = callee(store, *arguments)
    callee.post_return(store)
    return found
"#;

#[test]
fn a_wrapped_controller_gives_what_the_c_gives() {
    let play = format!(
        "{PLAY_GAUGE}{}",
        r#"
name = "model:gauge/gauge@0.1.0"
call(name, "initialize")
for speeds, mean in (([1.0, 2.0, 3.0, 6.0], 3.0), ([8.0], 2.0), ([4.0] * 9, 4.0)):
    out = call(name, "step", record(
        wheel_speed=speeds, pairs=[record(re=1.0, im=2.0), record(re=-3.0, im=0.0)],
        selected_gear="reverse", type=True, type2=False, distance=-2**40))
    got = {key: getattr(out, key) for key in ("mean", "table", "gears", "flags", "sign", "distance")}
    assert got == {"mean": mean, "table": [[0, 1, 2], [10, 11, 12]], "gears": ["reverse", "drive"],
                   "flags": [True, False], "sign": -5, "distance": -2**40 - 1}, got
call(name, "terminate")
"#
    );
    for profile in ["default", "mcu"] {
        let files = [("gauge.h", GAUGE_HEADER), ("gauge.c", GAUGE)];
        built_and_played("gauge", &files, profile, &play);
    }
}

#[test]
fn a_controller_that_is_handed_its_state_keeps_it() {
    let play = format!(
        "{PLAY_GAUGE}{}",
        r#"
name = "model:mixer/mixer@0.1.0"
call(name, "initialize")
for mean, peaks in ((10.0, [1, 2, 3]), (10.0, [2, 3, 4])):
    out = call(name, "step", record(levels=record(left=1.0, right=2.0), gain=2.0, offsets=[3, 1]))
    got = (out.mean, list(bytes(out.peaks)))
    assert got == (mean, peaks), got
"#
    );
    let files = [
        ("mixer.h", MIXER_HEADER),
        ("mixer.c", MIXER),
        ("tool.c", "int main ( void ) { return 1; }"),
    ];
    built_and_played("mixer", &files, "mcu", &play);
}

fn built_and_played(name: &str, files: &[(&str, &str)], profile: &str, play: &str) {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it");
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let told = Command::new(env!("CARGO_BIN_EXE_wireloom"))
        .arg("wrap")
        .arg("--c")
        .arg(folder.path().join(format!("{name}.h")))
        .args(["--step", name, "--profile", profile, "-o"])
        .arg(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(told.stdout).unwrap();
    let errors = String::from_utf8_lossy(&told.stderr).into_owned();
    assert_eq!(told.status.code(), Some(0), "{text}{errors}");
    let component = folder.path().join(name).join(format!("{name}.wasm"));
    assert!(component.is_file(), "{text}{errors}");
    let played = Command::new(python)
        .args(["-c", play])
        .arg(&component)
        .output()
        .unwrap();
    assert!(
        played.status.success(),
        "{}{}",
        String::from_utf8_lossy(&played.stdout),
        String::from_utf8_lossy(&played.stderr)
    );
    let has_main = files.iter().any(|(name, _)| *name == "tool.c");
    let is_told = text.contains("tool.c: has a function `main` and is left out");
    assert_eq!(is_told, has_main, "{text}");
}

/// Without the tool chain the files are there, and it is said what to install.
#[test]
fn without_a_compiler_it_says_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gauge.h"), GAUGE_HEADER).unwrap();
    let python = folder.path().join("no-python");
    let told = Command::new(env!("CARGO_BIN_EXE_wireloom"))
        .args(["wrap", "--json", "--c"])
        .arg(folder.path().join("gauge.h"))
        .args(["--step", "gauge", "-o"])
        .arg(folder.path())
        .env("WIRELOOM_PYTHON", &python)
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let reason = told["not_built"].as_str().unwrap();
    assert!(
        reason.contains("zig is missing; pip install ziglang; then run"),
        "{reason}"
    );
    let note = told["notes"][0].as_str().unwrap();
    assert!(
        note.starts_with("there is no source (`.c`) beside the header"),
        "{note}"
    );
    assert!(folder.path().join("gauge/src/rtwtypes.h").is_file());
    assert!(folder.path().join("gauge/wit/gauge.wit").is_file());
}
