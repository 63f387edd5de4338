//! Which module may use which: the arrows of ARCHITECTURE.md, read from the sources; and inside a module, that no files use
//! one another in a circle.
//!
//! Every path that is written (`crate::store::…`, in a `use` line or in the middle of a function) counts.
//! Comments and strings do not.

mod circles;
mod code;
mod documents;
mod imports;
mod names;
mod storeys;
mod tidy;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use code::{tokens, without_comments_and_strings};

/// Each module of the crate, and the modules it may name. A module may always name itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &["secret"]),
    ("secret", &[]),
    ("clock", &["domain"]),
    ("config", &["domain"]),
    ("store", &["domain", "secret"]),
    ("observe", &["domain"]),
    ("admission", &["domain", "observe"]),
    ("directory", &["admission", "store", "domain", "secret", "clock", "observe"]),
    ("ldap", &["directory", "admission", "domain", "secret", "clock", "observe"]),
    ("text", &["domain"]),
    ("web", &["directory", "admission", "text", "domain", "secret", "clock", "observe"]),
    ("mail", &["directory", "text", "domain", "secret", "clock", "observe"]),
    ("server", &["config", "ldap", "web", "mail", "text", "directory", "store", "domain", "secret", "clock", "observe"]),
    ("cli", &["server", "config", "directory", "store", "domain", "secret", "clock", "observe"]),
    ("main", &["cli"]),
];

/// What is written in one place only, and the place: a module, or one file.
const BELONGS_TO: &[(&str, &str)] = &[
    ("ldap3_proto::", "ldap"),
    ("axum::", "web"),
    ("lettre::", "mail"),
    ("fluent_bundle::", "text"),
    ("fluent_syntax::", "text"),
    ("redb::", "store"),
    ("ldap3::", "cli"),
    ("clap::", "cli"),
    ("rpassword::", "cli"),
    ("sd_notify::", "server"),
    ("SystemTime::now", "clock"),
    ("getrandom::", "secret"),
    ("secret::random", "not domain"),
    ("Instant::now", "not domain"),
    ("std::fs", "not domain"),
    ("std::net::Tcp", "not domain"),
    ("tokio::", "not domain"),
];

#[test]
fn no_module_uses_one_it_must_not_know() {
    let mut faults = Vec::new();
    for (name, text) in code::sources() {
        faults.extend(violations(&name, &text).into_iter().map(|fault| format!("src/{name}: {fault}")));
    }
    assert!(faults.is_empty(), "modules that know too much:\n  {}", faults.join("\n  "));
}

#[test]
fn every_module_has_its_row() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for module in lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        assert!(MAY_USE.iter().any(|(name, _)| *name == module), "the module {module} has no row in MAY_USE");
    }
}

#[test]
fn the_reader_finds_what_is_forbidden() {
    for (file, source, fault) in [
        ("domain/dn.rs", "use crate::store::View;", "domain uses store"),
        ("domain/dn.rs", "use crate::{secret::Secret, ldap::frame};", "domain uses ldap"),
        ("domain/dn.rs", "use crate::{\n    secret::{Secret, x},\n    web,\n};", "domain uses web"),
        ("domain/dn.rs", "fn f() { let x = crate::directory::CHUNK; }", "domain uses directory"),
        ("domain/dn.rs", "use super::super::store::View;", "domain uses store"),
        ("domain/dn.rs", "use crate::secret::random_u64;", "secret::random belongs to all but domain"),
        ("domain/dn.rs", "let t = std::time::Instant::now();", "Instant::now belongs to all but domain"),
        ("ldap/session.rs", "use crate::web::router;", "ldap uses web"),
        ("ldap/session.rs", "use crate::store::Store;", "ldap uses store"),
        ("web/router.rs", "use crate::ldap::frame;", "web uses ldap"),
        ("web/router.rs", "use ldap3_proto::LdapMsg;", "ldap3_proto:: belongs to ldap"),
        ("mail/worker.rs", "pub(crate) use crate::web::pages;", "mail uses web"),
        ("server.rs", "use super::cli;", "server uses cli"),
        ("server.rs", "use axum::Router;", "axum:: belongs to web"),
        ("directory/bind.rs", "let now = SystemTime :: now();", "SystemTime::now belongs to clock"),
        ("directory/bind.rs", "getrandom::fill(&mut x);", "getrandom:: belongs to secret"),
        ("store/keys.rs", "use ldap3::Ldap;", "ldap3:: belongs to cli"),
        ("cli/serve.rs", "use redb::Database;", "redb:: belongs to store"),
        ("main.rs", "bindery::server::start();", "main uses server"),
        ("strange.rs", "", "has no row in MAY_USE"),
    ] {
        let found = violations(file, source);
        assert!(found.iter().any(|text| text.contains(fault)), "{file}: {source:?} should give {fault:?}, gives {found:?}");
    }
}

#[test]
fn the_reader_lets_pass_what_is_allowed() {
    for (file, source) in [
        ("domain/dn.rs", "// use crate::store::View;\n/* crate::web /* nested crate::ldap */ */ use crate::domain::schema;"),
        ("domain/dn.rs", "const S: &str = \"crate::store::View\"; const R: &str = r#\"a \" crate::web\"#; const C: char = '\"';"),
        ("domain/dn.rs", "fn f<'a>(x: &'a str) -> crate::secret::Secret { todo() }"),
        ("domain/dn.rs", "mod tests { use super::*; use super::super::schema; }"),
        ("ldap/session.rs", "use ldap3_proto::LdapMsg; use crate::directory::Directory;"),
        ("cli/client.rs", "use ldap3::LdapConnAsync; use clap::Parser;"),
        ("server.rs", "use crate::{ldap, web, store};"),
        ("clock.rs", "let now = SystemTime::now();"),
        ("main.rs", "bindery::cli::main()"),
        ("lib.rs", "pub mod ldap; pub mod web;"),
    ] {
        assert_eq!(violations(file, source), Vec::<String>::new(), "{file}: {source:?}");
    }
}

/// What is wrong with `source`, the text of `file` (relative to `src/`).
fn violations(file: &str, source: &str) -> Vec<String> {
    if file == "lib.rs" {
        return Vec::new();
    }
    let module = file.split('/').next().unwrap().trim_end_matches(".rs");
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
        return vec![format!("the module {module} has no row in MAY_USE")];
    };
    let tokens = tokens(&without_comments_and_strings(source));

    let mut faults = Vec::new();
    for used in modules_named(&tokens, depth(file)) {
        if used != module && MAY_USE.iter().any(|(name, _)| *name == used) && !allowed.contains(&used.as_str()) {
            faults.push(format!("{module} uses {used}"));
        }
    }
    for (written, owner) in BELONGS_TO {
        let barred = match owner.strip_prefix("not ") {
            Some(other) => module == other,
            None => module != *owner,
        };
        if barred && contains_path(&tokens, written) {
            faults.push(format!("{written} belongs to {}", owner.replace("not ", "all but ")));
        }
    }
    faults
}

/// How many `super` lead from the top of `file` to the crate.
fn depth(file: &str) -> usize {
    let parts = file.split('/').count();
    if file.ends_with("/mod.rs") { parts - 1 } else { parts }
}

/// The modules of the crate that are named after `crate::`, `bindery::` or as many `super::` as lead there.
fn modules_named(tokens: &[String], depth: usize) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut supers = 0;
        while tokens[at..].starts_with(&["super".to_owned(), "::".to_owned()]) {
            supers += 1;
            at += 2;
        }
        let rooted = matches!(tokens[at].as_str(), "crate" | "bindery") && tokens.get(at + 1).is_some_and(|next| next == "::");
        if rooted {
            at += 2;
        }
        // A module inside the file (its tests) is one `super` deeper.
        if rooted || supers == depth || supers == depth + 1 {
            first_names(&tokens[at..], &mut named);
        }
        at += usize::from(!rooted);
    }
    named
}

/// The first name of a path, or of each path in `{…}`.
fn first_names(path: &[String], named: &mut BTreeSet<String>) {
    if path.first().is_some_and(|token| token != "{") {
        named.insert(path[0].clone());
        return;
    }
    let mut nested = 0;
    for pair in path.windows(2) {
        match pair[0].as_str() {
            "{" => nested += 1,
            "}" => nested -= 1,
            _ => {}
        }
        if nested == 0 {
            return;
        }
        if nested == 1 && matches!(pair[0].as_str(), "{" | ",") {
            named.insert(pair[1].clone());
        }
    }
}

/// Whether the path `written` occurs, whole words only.
fn contains_path(code: &[String], written: &str) -> bool {
    let wanted = tokens(written);
    let wanted: Vec<&String> = wanted.iter().filter(|token| !token.is_empty()).collect();
    let prefix = !written.ends_with("::");
    code.windows(wanted.len()).any(|window| {
        let (last, before) = window.split_last().expect("a path has a token");
        let same = if prefix { last.starts_with(wanted[wanted.len() - 1].as_str()) } else { last == wanted[wanted.len() - 1] };
        same && before.iter().zip(&wanted).all(|(a, b)| &a == b)
    })
}
