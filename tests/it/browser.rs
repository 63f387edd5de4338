//! A real browser walks through the pages: `tests/browser/journey.mjs`, with playwright-core and axe-core. It ends in a bind
//! with every password that came of it.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::harness::{Daemon, Program};

/// Five ways, one after the other, each page looked at.
const WALK: Duration = Duration::from_secs(400);

#[test]
fn everybody_gets_a_new_password_and_binds_with_it() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let npm = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", scripts.to_str().unwrap()];
    Program::new("npm").args(npm).timeout(Duration::from_secs(120)).succeeds();

    let daemon = Daemon::with(&[("BINDERY_WEB__SUPPORT", "Service informatique, 01 23 45 67 89")]);
    let facts = daemon.facts();
    let people: Vec<Value> = facts
        .people
        .iter()
        .take(5)
        .map(|person| json!({"login": person.login, "mail": person.mail, "password": person.password}))
        .collect();
    let given = json!({
        "url": facts.web,
        "mails": facts.mail_directory,
        "people": people,
        // To be looked at: BINDERY_SHOTS=/tmp/shots ./tests/run browser
        "shots": std::env::var_os("BINDERY_SHOTS").map(|path| path.into_string().unwrap()),
    });
    let journey = Program::new("node").arg(scripts.join("journey.mjs")).stdin(given.to_string()).timeout(WALK).succeeds();

    let passwords: Map<String, Value> = serde_json::from_str(journey.stdout.trim()).unwrap();
    assert_eq!(passwords.len(), 5, "{}", journey.stdout);
    for (login, password) in &passwords {
        let person = daemon.person(login);
        let who = daemon.client("ldapwhoami", &person.dn, password.as_str().unwrap()).succeeds();
        assert!(who.stdout.contains(&person.dn), "{who:?}");
        if *password != person.password {
            daemon.client("ldapwhoami", &person.dn, &person.password).exits(49);
        }
    }
}
