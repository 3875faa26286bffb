//! A real registry on loopback for tests, what stands beside it, and the clients that are not ours.

use crate::support::{Ran, text_of, workspace};
use serde_json::Value;
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// `anna:geheim`, hashed by bcrypt.
const HTPASSWD: &str = "anna:$2b$04$g6nHXRMtqvlv9mMIJryBaulcHTTEsymT2I1KD91xUr0T9HOCipTqG\n";

/// Debian's docker-registry with a folder of its own, on a port that is free; it ends with this.
pub(crate) struct Registry {
    process: Child,
    pub(crate) address: String,
    pub(crate) folder: TempDir,
}

impl Registry {
    pub(crate) fn start() -> Registry {
        Registry::start_with("")
    }

    /// One that lets only `anna` in.
    pub(crate) fn start_guarded() -> Registry {
        Registry::start_with("auth: {htpasswd: {realm: test, path: FOLDER/htpasswd}}\n")
    }

    fn start_with(further: &str) -> Registry {
        let folder = tempfile::tempdir().unwrap();
        let place = text_of(folder.path());
        let text = format!(
            "version: 0.1\nlog: {{level: info}}\nstorage: {{filesystem: {{rootdirectory: FOLDER/data}}}}\nhttp: {{addr: 127.0.0.1:0}}\n{further}"
        );
        let config = folder.path().join("config.yml");
        std::fs::write(&config, text.replace("FOLDER", &place)).unwrap();
        std::fs::write(folder.path().join("htpasswd"), HTPASSWD).unwrap();
        let mut process = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .env("OTEL_TRACES_EXPORTER", "none")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("docker-registry could not be started ({error}): `./check` installs it")
            });
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                let line = line.unwrap();
                let rest = line.split_once("listening on ")?.1.to_owned();
                Some(rest.split(['"', ' ', ',']).next()?.to_owned())
            })
            .unwrap_or_else(|| panic!("the registry ended before it listened"));
        // Read on, or the registry stops at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Registry {
            process,
            address,
            folder,
        }
    }

    pub(crate) fn reference(&self, end: &str) -> String {
        format!("{}/{end}", self.address)
    }

    /// skopeo's way to say the same.
    pub(crate) fn image(&self, end: &str) -> String {
        format!("docker://{}/{end}", self.address)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program with an environment in which it finds no credentials but these.
pub(crate) fn program_as(home: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_wireloom"))
        .args(arguments)
        .arg("--json")
        .env("HOME", home)
        .env_remove("DOCKER_CONFIG")
        .env_remove("REGISTRY_AUTH_FILE")
        .env_remove("XDG_RUNTIME_DIR")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Ran {
        status: output.status.code().unwrap(),
        json: serde_json::from_str(&text).unwrap_or(Value::Null),
        output: text,
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(program: &str, arguments: &[impl AsRef<OsStr>]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| {
            panic!("{program} could not be started ({error}): `./check` installs it")
        });
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

pub(crate) fn skopeo(arguments: &[&str]) -> Vec<u8> {
    let mut all = vec!["--insecure-policy"];
    all.extend(arguments);
    run("skopeo", &all)
}

pub(crate) fn oras(arguments: &[&str]) -> String {
    let python = std::env::var("WIRELOOM_PYTHON").unwrap_or("python3".to_owned());
    let script = text_of(&workspace().join("tests/referees/oras_client.py"));
    let mut all = vec![script.as_str()];
    all.extend(arguments);
    String::from_utf8(run(&python, &all)).unwrap()
}

pub(crate) fn fan() -> PathBuf {
    workspace().join("assets/components/fan.wasm")
}

/// `.well-known/wasm-pkg/registry.json` of a registry whose packages are in another one; answers
/// one request.
pub(crate) fn metadata_server(registry: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let text = format!(
        r#"{{"preferredProtocol": "oci", "oci": {{"registry": "{registry}", "namespacePrefix": "wit/"}}}}"#
    );
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        assert_eq!(first, "GET /.well-known/wasm-pkg/registry.json HTTP/1.1");
        lines.find(|line| line.as_ref().unwrap().is_empty());
        let length = text.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{text}"
        )
        .unwrap();
    });
    address
}
