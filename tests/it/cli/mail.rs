//! `bindery mail test`: the real program, the configuration of an installation, and a relay.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::harness::{At, Does, Program, Sink, free_port};

/// An installation whose mails go to a relay at `port` of this machine, and its configuration.
fn installation(port: u16) -> (TempDir, PathBuf) {
    let directory = tempdir().unwrap();
    let dir = directory.path().join("trial");
    let init = ["init", "--suffix", "dc=example,dc=org", "--public-url", "https://localhost:8443", "--json", "--dir"];
    Program::bindery().args(init).arg(&dir).succeeds();
    let config = dir.join("bindery.toml");
    let made = fs::read_to_string(&config).unwrap();
    let mail = format!("transport = \"smtp\"\nfrom = \"no-reply@example.org\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n");
    let text = match made.split_once("[mail]\n") {
        Some((before, _)) => format!("{before}[mail]\n{mail}"),
        None => format!("{made}\n[mail]\n{mail}"),
    };
    fs::write(&config, text).unwrap();
    (directory, config)
}

fn mail_test(config: &Path, arguments: &[&str]) -> Program {
    Program::bindery().args(["mail", "test", "louise@example.org", "--config"]).arg(config).args(arguments.iter().copied())
}

#[test]
fn a_test_mail_reaches_its_reader_and_the_program_says_who_took_it() {
    let sink = Sink::start();
    let (_directory, config) = installation(sink.port());
    let said = mail_test(&config, &["--json"]).succeeds();
    let answer: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&answer["done"], &answer["address"]), (&"sent".into(), &"louise@example.org".into()));
    let received = sink.expect(1).remove(0);
    assert_eq!((received.from.as_str(), received.to.as_slice()), ("no-reply@example.org", &["louise@example.org".to_owned()][..]));
    assert!(!received.mail().text.is_empty());
}

#[test]
fn what_keeps_a_test_mail_back_is_said_with_its_remedy() {
    let sink = Sink::start();
    let (_directory, config) = installation(sink.port());
    sink.misbehave(At::Recipient, Does::Answers("550 5.1.1 user unknown"));
    let said = mail_test(&config, &[]).exits(1);
    assert!(said.stderr.contains("louise@example.org") && said.stderr.contains("user unknown"), "{}", said.stderr);

    let (_directory, config) = installation(free_port());
    let said = mail_test(&config, &[]).exits(1);
    assert!(said.stderr.contains("nobody listens at 127.0.0.1"), "{}", said.stderr);

    fs::write(&config, fs::read_to_string(&config).unwrap().replace("\"smtp\"", "\"none\"")).unwrap();
    let said = mail_test(&config, &[]).exits(1);
    assert!(said.stderr.contains("set it to \"smtp\""), "{}", said.stderr);
}

#[test]
fn a_mail_to_be_tried_again_is_named_or_all_are() {
    let said = Program::bindery().args(["mail", "queue", "retry"]).exits(2);
    assert!(said.stderr.contains("--all"), "{}", said.stderr);
}
