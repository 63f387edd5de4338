//! What the command line does without a daemon.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use tempfile::tempdir;

use crate::harness::Program;

fn bindery(arguments: &[&str]) -> Program {
    Program::bindery().args(arguments)
}

#[test]
fn without_a_daemon_it_says_how_to_start_one() {
    let directory = tempdir().unwrap();
    let uri = format!("ldapi://{}/ldapi", directory.path().display());
    let said = bindery(&["account", "list", "--uri", &uri]).exits(3);
    assert!(said.stdout.is_empty());
    assert!(said.stderr.contains("no daemon is running") && said.stderr.contains("systemctl start bindery"), "{}", said.stderr);

    let said = bindery(&["group", "list", "--json", "--uri", &uri]).exits(3);
    let error: Value = serde_json::from_str(&said.stderr).unwrap();
    assert!(error["error"].as_str().unwrap().contains("no daemon is running"), "{error}");
    assert_eq!(error["code"], Value::Null);
}

#[test]
fn wrong_usage_is_told_from_refusal() {
    for line in [
        &["account", "add"][..],
        &["account", "frobnicate"],
        &["account", "passwd", "louisem", "--password", "secret-Passw0rd"],
        &["group", "list", "--uri", "http://localhost"],
        &["group", "list", "--uri", "ldaps://localhost"],
        &["account", "add", "x", "--attribute", "userPassword=secret"],
    ] {
        let said = bindery(line).exits(2);
        assert!(said.stdout.is_empty() && !said.stderr.is_empty(), "{line:?}");
    }
}

#[test]
fn init_makes_an_installation_once() {
    let directory = tempdir().unwrap();
    let dir = directory.path().join("trial");
    let arguments = ["init", "--suffix", "dc=example,dc=org", "--json", "--dir", dir.to_str().unwrap()];
    let said = bindery(&arguments).succeeds();
    let made: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(made["administrator"]["dn"], "uid=admin,ou=people,dc=example,dc=org");
    assert_eq!(made["base_dn"], "dc=example,dc=org");
    let password = made["administrator"]["password"].as_str().unwrap();
    assert!(password.len() >= 20);

    for (file, mode) in [("data", 0o700), ("data/bindery.redb", 0o600), ("tls/key.pem", 0o600), ("bindery.toml", 0o600)] {
        let is = fs::metadata(dir.join(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(is, mode, "{file} has mode {is:o}");
    }
    let config = fs::read_to_string(dir.join("bindery.toml")).unwrap();
    assert!(!config.contains(password) && !said.stderr.contains(password));

    let config = dir.join("bindery.toml");
    bindery(&["check-config", "--config", config.to_str().unwrap()]).succeeds();
    let said = bindery(&arguments).exits(1);
    assert!(said.stderr.contains("exists already"), "{}", said.stderr);
}

#[test]
fn check_config_finds_every_problem_at_once() {
    let directory = tempdir().unwrap();
    let file = directory.path().join("bindery.toml");
    fs::write(&file, "[directory]\nsufix = \"dc=x\"\n[throttle]\nfailures_in_a_row = \"few\"\n").unwrap();
    let said = bindery(&["check-config", "--json", "--config", file.to_str().unwrap()]).exits(1);
    let found: Value = serde_json::from_str(&said.stdout).unwrap();
    let keys: Vec<&str> = found["problems"].as_array().unwrap().iter().filter_map(|problem| problem["key"].as_str()).collect();
    assert!(keys.contains(&"directory.sufix") && keys.contains(&"throttle.failures_in_a_row"), "{keys:?}");
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = bindery(&["completions", shell]).succeeds().stdout;
        for word in ["account", "service", "passwd", "limited-to", "check-config"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    bindery(&["completions", "bash"]).succeeds();
    let directory = tempdir().unwrap();
    bindery(&["man", directory.path().to_str().unwrap()]).succeeds();
    let pages: Vec<String> = fs::read_dir(directory.path()).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    for page in ["bindery.1", "bindery-serve.1", "bindery-init.1", "bindery-team-member-add.1"] {
        assert!(pages.iter().any(|found| found == page), "{page} is not among {pages:?}");
    }
}
