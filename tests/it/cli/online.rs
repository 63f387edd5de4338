//! What the command line does with a daemon: every noun through its life, as people and as scripts see it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::{Daemon, Output, Program};

const PASSWORD: &str = "gale-Ombrage-47-pluie";

/// `bindery` over the socket, where the daemon's own user is administrator.
fn bindery(daemon: &Daemon, line: &str) -> Program {
    Program::bindery().args(line.split(' ')).args(["--uri", &daemon.facts().ldapi])
}

fn json(daemon: &Daemon, line: &str) -> Value {
    let said = bindery(daemon, line).arg("--json").succeeds();
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{line}: {error}: {}", said.stdout))
}

fn refused(daemon: &Daemon, line: &str, code: i32) -> Output {
    let said = bindery(daemon, line).exits(code);
    assert!(said.stdout.is_empty(), "{line}: {}", said.stdout);
    said
}

/// A file with a password that only its owner may read.
fn secret_file(daemon: &Daemon, password: &str) -> PathBuf {
    let path = daemon.directory().join(format!("password-{}", password.len()));
    fs::write(&path, format!("{password}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

fn signs_in(daemon: &Daemon, dn: &str, password: &str) -> bool {
    daemon.client("ldapwhoami", dn, password).run().code == Some(0)
}

#[test]
fn an_account_through_its_life() {
    let daemon = Daemon::start();
    let added = json(&daemon, "account add zoev --given-name Zoé --surname Vidal --mail zoev@example.org --role manager --generate");
    let (dn, password) = (added["dn"].as_str().unwrap(), added["password"].as_str().unwrap());
    assert_eq!(dn, format!("uid=zoev,ou=people,{}", daemon.facts().base));
    assert!(signs_in(&daemon, dn, password));

    let shown = json(&daemon, "account show zoev");
    let expected = [("login", "zoev"), ("name", "Zoé Vidal"), ("given_name", "Zoé"), ("role", "manager"), ("status", "active")];
    for (key, value) in expected {
        assert_eq!(shown[key], value, "{key}");
    }
    assert_eq!((&shown["mail"], &shown["must_change"]), (&serde_json::json!(["zoev@example.org"]), &Value::Bool(false)));
    assert!(!shown.to_string().contains(password), "a password is shown once");

    let again = refused(&daemon, "account add zoev --no-password", 1);
    assert!(again.stderr.contains("account set zoev"), "{}", again.stderr);

    json(&daemon, "account set zoev --surname Roux --telephone +33123456789 --expires 2099-12-31");
    let shown = json(&daemon, "account show zoev");
    assert_eq!((&shown["name"], &shown["expires"]), (&Value::from("Zoé Roux"), &Value::from("2099-12-31T00:00:00Z")));

    bindery(&daemon, "account disable zoev").succeeds();
    assert!(!signs_in(&daemon, dn, password));
    assert_eq!(json(&daemon, "account list zoev")[0]["status"], "disabled");
    bindery(&daemon, "account enable zoev").succeeds();
    assert!(signs_in(&daemon, dn, password));

    let renamed = json(&daemon, "account rename zoev zoer");
    assert!(signs_in(&daemon, renamed["dn"].as_str().unwrap(), password));
    assert!(refused(&daemon, "account show zoev", 1).stderr.contains("there is no account zoev"));

    assert!(refused(&daemon, "account delete zoer", 2).stderr.contains("--yes"));
    bindery(&daemon, "account delete zoer --yes").succeeds();
    assert!(refused(&daemon, "account delete zoer --yes", 1).stderr.contains("there is no account zoer"));
}

#[test]
fn passwords_come_from_files_and_standard_input() {
    let daemon = Daemon::start();
    let person = &daemon.facts().people[0].clone();
    let login = &person.login;

    let said = bindery(&daemon, &format!("account passwd {login} --password-file -")).stdin(format!("{PASSWORD}\n")).succeeds();
    assert!(!said.stdout.contains(PASSWORD) && !said.stderr.contains(PASSWORD));
    assert!(signs_in(&daemon, &person.dn, PASSWORD) && !signs_in(&daemon, &person.dn, &person.password));

    let file = secret_file(&daemon, "short");
    let said = refused(&daemon, &format!("account passwd {login} --password-file {}", file.display()), 1);
    assert!(said.stderr.contains("cannot set the password") && !said.stderr.contains("warning"), "{}", said.stderr);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let said = refused(&daemon, &format!("account passwd {login} --password-file {}", file.display()), 1);
    assert!(said.stderr.contains("chmod 600"), "{}", said.stderr);

    let generated = json(&daemon, &format!("account passwd {login} --generate"));
    assert!(signs_in(&daemon, &person.dn, generated["password"].as_str().unwrap()));
    bindery(&daemon, &format!("account unlock {login}")).succeeds();
}

#[test]
fn groups_and_teams_have_members() {
    let daemon = Daemon::start();
    let logins: Vec<&str> = daemon.facts().people.iter().map(|person| person.login.as_str()).take(2).collect();
    let (one, two) = (logins[0], logins[1]);

    json(&daemon, &format!("group add chess --description Chess --member {one}"));
    assert_eq!(json(&daemon, "group show chess")["members"], serde_json::json!([one]));
    bindery(&daemon, &format!("group member add chess {two} {one}")).succeeds();
    let mut both = vec![one, two];
    both.sort_unstable();
    assert_eq!(json(&daemon, "group show chess")["members"], serde_json::json!(both));
    assert!(json(&daemon, &format!("account list --group chess {one}")).as_array().unwrap().iter().any(|row| row["login"] == one));
    bindery(&daemon, &format!("group member remove chess {one}")).succeeds();
    assert_eq!(json(&daemon, "group show chess")["members"], serde_json::json!([two]));
    refused(&daemon, "group member add chess nobody-at-all", 1);

    bindery(&daemon, "group rename chess go").succeeds();
    bindery(&daemon, "group set go --description Stones").succeeds();
    let listed = json(&daemon, "group list go");
    assert!(listed.as_array().unwrap().iter().any(|row| row["name"] == "go" && row["description"] == "Stones"), "{listed}");
    bindery(&daemon, "group delete go -y").succeeds();

    let manager = daemon.facts().people.iter().find(|person| person.role == "manager").unwrap();
    json(&daemon, &format!("team add night --manager {}", manager.login));
    json(&daemon, "account add temp --no-password --team night");
    let team = json(&daemon, "team show night");
    assert_eq!((&team["managers"], &team["members"]), (&serde_json::json!([manager.login]), &serde_json::json!(["temp"])));
    assert_eq!(json(&daemon, "account show temp")["team"], "night");
    let said = bindery(&daemon, "team set night --manager temp").succeeds();
    assert!(said.stderr.contains("--role manager"), "{}", said.stderr);
    bindery(&daemon, "team member remove night temp").succeeds();
    bindery(&daemon, "team delete night --yes").succeeds();
}

#[test]
fn a_service_account_shows_its_password_once() {
    let daemon = Daemon::start();
    json(&daemon, "group add readers");
    let added = json(&daemon, "service add wiki --description Wiki --limited-to readers --may-reset-passwords yes");
    let (dn, password) = (added["dn"].as_str().unwrap(), added["password"].as_str().unwrap());
    assert!(signs_in(&daemon, dn, password));
    let shown = json(&daemon, "service show wiki");
    assert_eq!((&shown["limited_to"], &shown["grants"]), (&Value::from("readers"), &serde_json::json!(["password-reset"])));
    assert!(!shown.to_string().contains(password));

    let rotated = json(&daemon, "service passwd wiki");
    assert!(signs_in(&daemon, dn, rotated["password"].as_str().unwrap()) && !signs_in(&daemon, dn, password));
    bindery(&daemon, "service set wiki --may-reset-passwords no").succeeds();
    assert_eq!(json(&daemon, "service show wiki")["grants"], serde_json::json!([]));
    bindery(&daemon, "service disable wiki").succeeds();
    assert!(!signs_in(&daemon, dn, rotated["password"].as_str().unwrap()));
    bindery(&daemon, "service delete wiki --yes").succeeds();
}

#[test]
fn from_elsewhere_it_takes_a_name_a_password_and_tls() {
    let daemon = Daemon::start();
    let facts = daemon.facts();
    let file = secret_file(&daemon, &facts.administrator.password);
    let list = |arguments: &[&str]| {
        let signed = ["group", "list", "--bind-dn", &facts.administrator.dn, "--bind-password-file", file.to_str().unwrap()];
        Program::bindery().args(signed).args(arguments)
    };
    let ca = facts.ca.to_str().unwrap();
    let local = facts.ldap.replace("127.0.0.1", "localhost");
    list(&["--uri", &facts.ldap]).succeeds();
    list(&["--uri", &facts.ldaps, "--ca-file", ca]).succeeds();
    list(&["--uri", &local, "--starttls", "--ca-file", ca]).succeeds();
    for (arguments, text) in [
        (vec!["--uri", facts.ldaps.as_str()], "--ca-file"),
        (vec!["--uri", local.as_str(), "--starttls"], "--ca-file"),
        (vec!["--uri", "ldap://127.0.0.1:1"], "nothing listens there"),
    ] {
        let said = list(&arguments).exits(3);
        assert!(said.stderr.contains(text), "{arguments:?}: {}", said.stderr);
    }
    let wrong = secret_file(&daemon, "not the password");
    let said = Program::bindery()
        .args(["group", "list", "--uri", &facts.ldap, "--bind-dn", &facts.administrator.dn])
        .args(["--bind-password-file", wrong.to_str().unwrap()])
        .exits(3);
    assert!(said.stderr.contains("cannot sign in") && !said.stderr.contains("not the password"), "{}", said.stderr);

    let user = facts.people.iter().find(|person| person.role == "user").unwrap();
    let file = secret_file(&daemon, &user.password);
    let said = Program::bindery()
        .args(["account", "add", "mine", "--no-password", "--uri", &facts.ldap, "--bind-dn", &user.dn, "--json"])
        .args(["--bind-password-file", file.to_str().unwrap()])
        .exits(1);
    let error: Value = serde_json::from_str(&said.stderr).unwrap();
    assert_eq!(error["code_name"], "insufficientAccessRights");
}
