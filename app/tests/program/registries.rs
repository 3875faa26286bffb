//! `wireloom push` and `pull` against a real registry on loopback, with skopeo and oras as clients
//! that are not ours, both ways.

use crate::{
    registry_server::{Registry, fan, metadata_server, oras, program_as, skopeo},
    support::{fine, plain, sample, text_of},
};
use registry::digest;
use serde_json::Value;
use std::{path::Path, sync::Arc, time::Duration};
use wireloom::{
    session::{Effect, Event},
    workers::Workers,
};

#[test]
fn a_component_goes_there_and_comes_back() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let reference = registry.reference("team/fan:1.2.0");
    let pushed = fine(&["push", &reference, &text_of(&fan())]);
    let there = &pushed["images"][0];
    assert_eq!(there["reference"], reference);
    // Again: what is there is not sent twice, and the digest is the same.
    assert_eq!(fine(&["push", &reference, &text_of(&fan())]), pushed);

    let output = text_of(&folder.path().join("back.wasm"));
    let pulled = fine(&["pull", &reference, "-o", &output]);
    assert_eq!(pulled["digest"], there["digest"]);
    assert_eq!(pulled["kind"], "component");
    assert_eq!(pulled["version"], "1.2.0");
    assert_eq!(
        std::fs::read(&output).unwrap(),
        std::fs::read(fan()).unwrap()
    );

    // By digest, into a folder, under its own name.
    let by_digest = registry.reference(&format!("team/fan@{}", there["digest"].as_str().unwrap()));
    let place = format!("{}/", text_of(folder.path()));
    let pulled = fine(&["pull", &by_digest, "-o", &place]);
    assert_eq!(pulled["file"], format!("{place}fan.wasm"));
    let said = plain(&["pull", &by_digest, "-o", &place]).output;
    assert!(
        said.starts_with(&format!("pulled {place}fan.wasm (")),
        "{said}"
    );
}

#[test]
fn skopeo_and_oras_take_what_was_pushed() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    fine(&[
        "push",
        &registry.reference("team/fan:1.2.0"),
        &text_of(&fan()),
    ]);
    // `--raw`: skopeo 1.9 reads the config as that of a container, and refuses its media type.
    let image = registry.image("team/fan:1.2.0");
    let raw = skopeo(&["inspect", "--raw", "--tls-verify=false", &image]);
    let manifest: Value = serde_json::from_slice(&raw).unwrap();
    assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
    assert_eq!(
        manifest["config"]["mediaType"],
        "application/vnd.wasm.config.v0+json"
    );
    assert!(manifest.get("artifactType").is_none());
    let layout = folder.path().join("layout");
    let target = format!("oci:{}:1.2.0", text_of(&layout));
    skopeo(&["copy", "--src-tls-verify=false", &image, &target]);
    let layer = manifest["layers"][0]["digest"].as_str().unwrap();
    let blob = layout.join(layer.replacen("sha256:", "blobs/sha256/", 1));
    assert_eq!(std::fs::read(blob).unwrap(), std::fs::read(fan()).unwrap());

    let place = folder.path().join("oras");
    std::fs::create_dir(&place).unwrap();
    let reference = registry.reference("team/fan:1.2.0");
    assert_eq!(oras(&["pull", &reference, &text_of(&place)]), "fan.wasm\n");
    assert_eq!(
        std::fs::read(place.join("fan.wasm")).unwrap(),
        std::fs::read(fan()).unwrap()
    );
}

#[test]
fn what_skopeo_and_oras_have_pushed_is_pulled() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("blower.wasm");
    std::fs::copy(fan(), &source).unwrap();
    let reference = registry.reference("team/blower:0.3.0");
    oras(&["push", &reference, &text_of(&source)]);
    let output = text_of(&folder.path().join("back.wasm"));
    fine(&["pull", &reference, "-o", &output]);
    assert_eq!(
        std::fs::read(&output).unwrap(),
        std::fs::read(fan()).unwrap()
    );

    // A whole project as a layout folder, copied there by skopeo, one image a partition.
    let layout = text_of(&folder.path().join("layout"));
    fine(&[
        "export",
        &sample("antipinch"),
        "--target",
        "oci-layout",
        "-o",
        &layout,
    ]);
    let index = std::fs::read(folder.path().join("layout/index.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    for entry in index["manifests"].as_array().unwrap() {
        let tag = entry["annotations"]["org.opencontainers.image.ref.name"]
            .as_str()
            .unwrap();
        let there = registry.image(&format!("vehicle/antipinch:{tag}"));
        let here = format!("oci:{layout}:{tag}");
        skopeo(&["copy", "--dest-tls-verify=false", &here, &there]);
        let reference = registry.reference(&format!("vehicle/antipinch:{tag}"));
        let pulled = fine(&["pull", &reference, "-o", &output]);
        assert_eq!(pulled["digest"], entry["digest"]);
    }
}

#[test]
fn a_layout_in_one_file_is_read_by_skopeo() {
    let folder = tempfile::tempdir().unwrap();
    let [archive, again] = ["a.tar", "b.tar"].map(|name| text_of(&folder.path().join(name)));
    for output in [&archive, &again] {
        fine(&[
            "export",
            &sample("antipinch"),
            "--target",
            "oci-layout",
            "-o",
            output,
        ]);
    }
    assert_eq!(
        std::fs::read(&archive).unwrap(),
        std::fs::read(&again).unwrap()
    );
    let layout = text_of(&folder.path().join("layout"));
    fine(&[
        "export",
        &sample("antipinch"),
        "--target",
        "oci-layout",
        "-o",
        &layout,
    ]);
    let index = std::fs::read(folder.path().join("layout/index.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    for entry in index["manifests"].as_array().unwrap() {
        let tag = entry["annotations"]["org.opencontainers.image.ref.name"]
            .as_str()
            .unwrap();
        let raw = skopeo(&["inspect", "--raw", &format!("oci-archive:{archive}:{tag}")]);
        assert_eq!(entry["digest"], digest(&raw));
    }
}

#[test]
fn a_package_is_found_by_its_name() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("heat.wit");
    std::fs::write(&source, "package acme:heat@1.0.0;\n\ninterface duty {\n}\n").unwrap();
    fine(&[
        "push",
        &registry.reference("wit/acme/heat"),
        &text_of(&source),
    ]);
    let well_known = metadata_server(&registry.address);
    let output = text_of(&folder.path().join("back.wit"));
    let pulled = fine(&[
        "pull",
        "acme:heat@1.0.0",
        "--registry",
        &well_known,
        "-o",
        &output,
    ]);
    assert_eq!(
        pulled["reference"],
        registry.reference("wit/acme/heat:1.0.0")
    );
    assert!(
        std::fs::read_to_string(&output)
            .unwrap()
            .starts_with("package acme:heat@1.0.0;")
    );
}

/// What a pull of the window gives, until its job has ended.
fn pulled_by_the_window(reference: &str, folder: &Path) -> Vec<Event> {
    let mut workers = Workers::new(Arc::new(|| {}));
    workers.start(Effect::PullComponent {
        reference: reference.to_owned(),
        folder: folder.to_path_buf(),
    });
    let mut events = Vec::new();
    while let Some(event) = workers.next_event(Duration::from_secs(60)) {
        let is_end = matches!(event, Event::JobEnded { .. });
        events.push(event);
        if is_end {
            break;
        }
    }
    events
}

#[test]
fn the_window_pulls_into_the_projects_folder_and_the_library() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let reference = registry.reference("team/fan:1.2.0");
    fine(&["push", &reference, &text_of(&fan())]);
    let events = pulled_by_the_window(&reference, &folder.path().join("components"));
    let mut progress = events.iter().filter_map(|event| match event {
        Event::JobProgress { part, .. } => Some(*part),
        _ => None,
    });
    assert_eq!(progress.next_back(), Some(1.0), "{events:?}");
    let read = events.iter().find_map(|event| match event {
        Event::ComponentsRead(entries) => entries.first(),
        _ => None,
    });
    let (name, entry) = read.unwrap();
    assert_eq!(name, "fan");
    assert_eq!(entry.path, folder.path().join("components/fan.wasm"));
    assert_eq!(entry.bytes.as_ref(), std::fs::read(fan()).unwrap());

    let absent = registry.reference("team/fan:9.9.9");
    let events = pulled_by_the_window(&absent, folder.path());
    let failed = events.iter().find_map(|event| match event {
        Event::Failed(reason) => Some(reason.as_str()),
        _ => None,
    });
    assert!(
        failed
            .unwrap()
            .contains("is not there; check the name and the tag")
    );
}

#[test]
fn the_partitions_of_a_project_have_a_tag_each() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let pushed = fine(&[
        "push",
        &registry.reference("vehicle/thermal:2.0.0"),
        &sample("thermal"),
    ]);
    let exported = text_of(&folder.path().join("export"));
    let composed = fine(&["compose", &sample("thermal"), "-o", &exported]);
    let partitions = composed["partitions"].as_array().unwrap();
    assert_eq!(pushed["images"].as_array().unwrap().len(), partitions.len());
    for partition in partitions {
        let place = format!(
            "{}-{}",
            partition["ecu"].as_str().unwrap(),
            partition["partition"].as_str().unwrap()
        );
        let reference = registry.reference(&format!("vehicle/thermal:2.0.0-{place}"));
        let output = text_of(&folder.path().join("back.wasm"));
        fine(&["pull", &reference, "-o", &output]);
        let file = folder
            .path()
            .join("export")
            .join(partition["file"].as_str().unwrap());
        assert_eq!(
            std::fs::read(&output).unwrap(),
            std::fs::read(file).unwrap()
        );
    }
}

#[test]
fn a_wit_package_goes_there_as_text_and_comes_back_as_text() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let text = "package acme:heat@1.0.0;\n\ninterface temperature {\n  get: func() -> f32;\n}\n";
    let source = folder.path().join("heat.wit");
    std::fs::write(&source, text).unwrap();
    // The version is the package's own.
    let pushed = fine(&[
        "push",
        &registry.reference("wit/acme/heat"),
        &text_of(&source),
    ]);
    let reference = registry.reference("wit/acme/heat:1.0.0");
    assert_eq!(pushed["images"][0]["reference"], reference);
    let output = text_of(&folder.path().join("back.wit"));
    let pulled = fine(&["pull", &reference, "-o", &output]);
    assert_eq!(pulled["kind"], "wit-package");
    assert_eq!(std::fs::read_to_string(&output).unwrap(), text);
    let raw = skopeo(&[
        "inspect",
        "--raw",
        "--tls-verify=false",
        &registry.image("wit/acme/heat:1.0.0"),
    ]);
    let manifest: Value = serde_json::from_slice(&raw).unwrap();
    assert_eq!(
        manifest["annotations"]["org.opencontainers.image.version"],
        "1.0.0"
    );

    let wrong = plain(&[
        "push",
        &registry.reference("wit/acme/heat:3.0.0"),
        &text_of(&source),
    ]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong
            .errors
            .contains("is version 3.0.0, but the WIT package in it says 1.0.0"),
        "{}",
        wrong.errors
    );
}

#[test]
fn credentials_open_a_registry_and_stay_where_they_were() {
    let registry = Registry::start_guarded();
    let home = tempfile::tempdir().unwrap();
    let source = text_of(&fan());
    let reference = registry.reference("team/fan:1.0.0");
    let push = ["push", reference.as_str(), source.as_str()];

    let nobody = program_as(home.path(), &[], &push);
    assert_eq!(nobody.status, 2);
    let error = nobody.json["error"].as_str().unwrap();
    assert!(error.contains("wants to be asked as somebody"), "{error}");

    let variables = |password| {
        [
            ("WIRELOOM_REGISTRY", registry.address.clone()),
            ("WIRELOOM_REGISTRY_USER", "anna".to_owned()),
            ("WIRELOOM_REGISTRY_PASSWORD", password),
        ]
    };
    let wrong = variables("wrong-secret".to_owned());
    let wrong = program_as(
        home.path(),
        &wrong
            .each_ref()
            .map(|(name, value)| (*name, value.as_str())),
        &push,
    );
    assert_eq!(wrong.status, 2);
    let error = wrong.json["error"].as_str().unwrap();
    assert!(
        error.contains("does not take the credentials that the environment (WIRELOOM_REGISTRY_USER, WIRELOOM_REGISTRY_PASSWORD) has for it"),
        "{error}"
    );
    assert!(!format!("{}{}", wrong.output, wrong.errors).contains("wrong-secret"));

    let right = variables("geheim".to_owned());
    let right = program_as(
        home.path(),
        &right
            .each_ref()
            .map(|(name, value)| (*name, value.as_str())),
        &push,
    );
    assert_eq!(right.status, 0, "{}", right.output);

    // Docker's file: `anna:geheim`.
    let docker = home.path().join(".docker");
    std::fs::create_dir(&docker).unwrap();
    let config = format!(
        r#"{{"auths": {{"{}": {{"auth": "YW5uYTpnZWhlaW0="}}}}}}"#,
        registry.address
    );
    std::fs::write(docker.join("config.json"), &config).unwrap();
    let work = tempfile::tempdir().unwrap();
    let output = text_of(&work.path().join("fan.wasm"));
    let pulled = program_as(home.path(), &[], &["pull", &reference, "-o", &output]);
    assert_eq!(pulled.status, 0, "{}", pulled.output);
    let said = format!(
        "{}{}{}{}",
        right.output, right.errors, pulled.output, pulled.errors
    );
    let written = std::fs::read(&output).unwrap();
    for secret in ["geheim", "YW5uYTpnZWhlaW0="] {
        assert!(!said.contains(secret));
        assert!(
            !written
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        );
    }
    assert_eq!(
        std::fs::read_dir(work.path()).unwrap().count(),
        1,
        "nothing else was written"
    );
    assert_eq!(
        std::fs::read_to_string(docker.join("config.json")).unwrap(),
        config
    );
}

#[test]
fn a_credential_helper_is_asked() {
    use std::os::unix::fs::PermissionsExt;
    let registry = Registry::start_guarded();
    let home = tempfile::tempdir().unwrap();
    let helper = home.path().join("docker-credential-test");
    std::fs::write(
        &helper,
        "#!/bin/sh\nread -r server\n[ \"$server\" = \"$EXPECTED\" ] || { echo 'credentials not found in native keychain'; exit 1; }\nprintf '{\"ServerURL\": \"%s\", \"Username\": \"anna\", \"Secret\": \"geheim\"}' \"$server\"\n",
    )
    .unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir(home.path().join(".docker")).unwrap();
    std::fs::write(
        home.path().join(".docker/config.json"),
        r#"{"credsStore": "test"}"#,
    )
    .unwrap();
    let path = format!(
        "{}:{}",
        text_of(home.path()),
        std::env::var("PATH").unwrap()
    );
    let reference = registry.reference("team/fan:1.0.0");
    let push = ["push", reference.as_str(), &text_of(&fan())];
    let known = [
        ("PATH", path.as_str()),
        ("EXPECTED", registry.address.as_str()),
    ];
    let ran = program_as(home.path(), &known, &push);
    assert_eq!(ran.status, 0, "{}", ran.output);
    // A helper that knows nothing is no failure of its own.
    let unknown = [("PATH", path.as_str()), ("EXPECTED", "other.example")];
    let ran = program_as(home.path(), &unknown, &push);
    let error = ran.json["error"].as_str().unwrap();
    assert!(error.contains("wants to be asked as somebody"), "{error}");
}

#[test]
fn what_is_there_and_is_no_component_is_refused() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let output = text_of(&folder.path().join("back.wasm"));
    let error = |reference: &str| {
        let ran = plain(&["pull", reference, "-o", &output]);
        assert_eq!(ran.status, 2, "{}", ran.output);
        ran.errors
    };
    // A push of the program's own refuses no core module: Spin and others take them. A pull does.
    let module = folder.path().join("core.wasm");
    std::fs::write(&module, b"\0asm\x01\0\0\0").unwrap();
    let reference = registry.reference("team/core:1.0.0");
    fine(&["push", &reference, &text_of(&module)]);
    assert!(error(&reference).contains("holds a core module, not a component"));

    let no_wasm = folder.path().join("no.wasm");
    std::fs::write(&no_wasm, "text").unwrap();
    let reference = registry.reference("team/text:1.0.0");
    oras(&["push", &reference, &text_of(&no_wasm)]);
    assert!(error(&reference).contains("says that it is WebAssembly and is not"));

    let reference = registry.reference("team/nothing:1.0.0");
    assert!(error(&reference).contains("is not there; check the name and the tag"));
    assert!(!Path::new(&output).exists());

    // What was changed in the registry's own folder is found out.
    let reference = registry.reference("team/fan:1.0.0");
    fine(&["push", &reference, &text_of(&fan())]);
    let name = digest(&std::fs::read(fan()).unwrap()).replacen("sha256:", "", 1);
    let blob = registry
        .folder
        .path()
        .join("data/docker/registry/v2/blobs/sha256")
        .join(&name[..2])
        .join(&name)
        .join("data");
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&blob, bytes).unwrap();
    let said = error(&reference);
    assert!(
        said.contains("it was changed on the way or in the registry; nothing was kept"),
        "{said}"
    );
    assert!(!Path::new(&output).exists());
}
