//! The files below `config/` are right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Config, Loaded, Origin, Severity, Sources, load};

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name)
}

fn load_file(path: PathBuf) -> Loaded {
    load(&Sources { file: Some(path), ..Sources::default() })
}

/// The default file with every setting that is commented out switched on.
fn default_file_switched_on() -> String {
    let text = std::fs::read_to_string(shipped("bindery.toml")).unwrap();
    let line = |line: &str| match line.strip_prefix('#') {
        Some(setting) if setting.starts_with(|first: char| first.is_ascii_lowercase()) => setting.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_shipped_file_loads() {
    let mut names: Vec<_> =
        std::fs::read_dir(shipped("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["bindery.toml", "internet.toml", "mail-relay.toml", "many-people.toml", "reverse-proxy.toml", "small-office.toml"]);
    for name in names {
        let problems = load_file(shipped(&name)).problems;
        // The certificates and secrets that examples name are not on this machine.
        let others = |key: &str| !matches!(key, "tls.certificate" | "tls.key" | "mail.password");
        let errors: Vec<_> = problems.iter().filter(|problem| problem.severity == Severity::Error && others(&problem.key)).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn the_default_file_says_what_the_defaults_are() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bindery.toml");
    std::fs::write(&path, default_file_switched_on()).unwrap();
    let loaded = load_file(path);
    let defaults = load(&Sources::default());
    let values = |loaded: &Loaded| -> BTreeMap<String, String> {
        loaded.settings.iter().map(|setting| (setting.key.clone(), setting.value.clone())).collect()
    };
    assert_eq!(values(&loaded), values(&defaults));
    assert_eq!(loaded.config, Config::default());
    let missing: Vec<_> = loaded.settings.iter().filter(|setting| setting.origin == Origin::Default && !setting.value.is_empty()).collect();
    assert!(missing.is_empty(), "not in the file: {missing:#?}");
}
