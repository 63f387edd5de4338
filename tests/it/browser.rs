//! A real browser walks through the pages: the scripts of `tests/browser`, with playwright-core and axe-core. What comes of
//! it is looked at from here: a walk ends in a bind with every password.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::harness::{Daemon, InProcess, Person, Program};

#[test]
fn everybody_gets_a_new_password_and_binds_with_it() {
    let daemon = Daemon::with(&SUPPORT);
    let people: Vec<&Person> = daemon.facts().people.iter().take(5).collect();
    let passwords = walk(&daemon, "journey", &people);
    assert_eq!(passwords.len(), 5, "{passwords:?}");
    for (login, password) in &passwords {
        let person = daemon.person(login);
        let who = daemon.client("ldapwhoami", &person.dn, password.as_str().unwrap()).succeeds();
        assert!(who.stdout.contains(&person.dn), "{who:?}");
        if *password != person.password {
            daemon.client("ldapwhoami", &person.dn, &person.password).exits(49);
        }
    }
}

/// With `BINDERY_SHOTS=/tmp/shots`, pictures of all pages are kept there.
#[test]
fn every_page_is_for_everybody() {
    let daemon = Daemon::with(&SUPPORT);
    let people = [&daemon.facts().administrator, daemon.person("helenep"), daemon.person("louisem")];
    let seen = walk(&daemon, "gallery", &people);
    let pages = |role: &str| seen[role].as_array().unwrap().len();
    assert!(pages("user") < pages("manager") && pages("manager") < pages("administrator"), "{seen:?}");
}

#[test]
fn administrators_see_on_every_page_that_mails_wait() {
    let daemon = InProcess::with_pages(|config| config.web.support = Some("Service informatique, 01 23 45 67 89".to_owned()));
    daemon.add_person("claire", "boussole-noisette-quai-39");
    let promoted = format!("dn: {}\nchangetype: modify\nreplace: binderyRole\nbinderyRole: administrator\n", daemon.person_dn("claire"));
    daemon.as_administrator("ldapmodify").stdin(promoted).succeeds();
    // Where mails are written to is no directory: the notice of the new password cannot be sent.
    let written = daemon.mail_directory();
    fs::rename(written, written.with_extension("away")).unwrap();
    fs::write(written, "not a directory").unwrap();
    daemon.as_administrator("ldappasswd").args(["-s", "papillon-granit-ruche-84", &daemon.person_dn("claire")]).succeeds();
    daemon.advance(Duration::from_secs(301));
    let given = json!({
        "url": daemon.public_url(),
        "people": [{ "login": "claire", "password": "papillon-granit-ruche-84", "role": "failing" }],
        "only": ["/mail", "/applications"],
        "shots": std::env::var_os("BINDERY_SHOTS").map(|path| path.into_string().unwrap()),
    });
    assert_eq!(run("gallery", &given)["failing"].as_array().unwrap().len(), 2);
    let page = fs::read_to_string(written).unwrap();
    assert_eq!(page, "not a directory", "no mail has gone out");
}

#[test]
fn people_do_what_is_theirs_and_nothing_else() {
    let daemon = Daemon::start();
    let facts = daemon.facts();
    let people: Vec<&Person> = facts.people.iter().chain([&facts.administrator]).collect();
    let passwords = walk(&daemon, "people", &people);
    assert_eq!(passwords.len(), 4, "{passwords:?}");
    for (login, password) in &passwords {
        let dn = format!("uid={login},ou=people,{}", daemon.facts().base);
        daemon.client("ldapwhoami", &dn, password.as_str().unwrap()).succeeds();
    }
}

#[test]
fn who_was_away_too_long_signs_in_again() {
    let daemon = InProcess::with_pages(|_| ());
    daemon.add_person("louise", "boussole-noisette-quai-39");
    let given = json!({
        "url": daemon.public_url(),
        "people": [{ "login": "louise", "password": "boussole-noisette-quai-39" }],
        "browser": daemon.mail_directory().with_file_name("browser.json"),
    });
    assert_eq!(run("expiry", &given)["came back"], false);
    daemon.advance(Duration::from_secs(15 * 60));
    assert_eq!(run("expiry", &given)["came back"], true);
}

/// Runs the script `name` for these people; gives what it prints.
fn walk(daemon: &Daemon, name: &str, people: &[&Person]) -> Map<String, Value> {
    let given = json!({
        "url": daemon.facts().web,
        "mails": daemon.facts().mail_directory,
        "people": people,
        "shots": std::env::var_os("BINDERY_SHOTS").map(|path| path.into_string().unwrap()),
    });
    run(name, &given)
}

fn run(name: &str, given: &Value) -> Map<String, Value> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    install(&scripts);
    let script = scripts.join(format!("{name}.mjs"));
    let output = Program::new("node").arg(script).stdin(given.to_string()).timeout(WALK).succeeds();
    serde_json::from_str(output.stdout.trim()).unwrap()
}

/// Installs what the scripts need, once, whichever test comes first.
fn install(scripts: &Path) {
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser.lock")).unwrap();
    lock.lock().unwrap();
    let wanted = fs::read(scripts.join("package-lock.json")).unwrap();
    let installed = scripts.join("node_modules/.installed");
    if fs::read(&installed).is_ok_and(|held| held == wanted) {
        return;
    }
    let npm = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", scripts.to_str().unwrap()];
    Program::new("npm").args(npm).timeout(Duration::from_secs(120)).succeeds();
    fs::write(installed, wanted).unwrap();
}

/// Whom to turn to, which stands on every page.
const SUPPORT: [(&str, &str); 1] = [("BINDERY_WEB__SUPPORT", "Service informatique, 01 23 45 67 89")];

/// How long a script may take on a busy machine.
const WALK: Duration = Duration::from_secs(400);
