//! Files that use one another in a circle: none of them can be read, moved or tested alone.
//!
//! A folder's own file (`mod.rs`, or `name.rs` beside `name/`) may define what its parts build on and use the parts as well:
//! an arrow from a part up to it counts only in the folders of [`HEADS_COUNT`].

use std::collections::{BTreeMap, BTreeSet};

use super::code::sources;
use super::imports::{Arrows, arrows};

/// The circles that there may be, and why. One that has been opened has to go from here.
const ALLOWED: &[(&[&str], &str)] = &[(
    &["domain/dn/mod.rs", "domain/matching.rs", "domain/schema/mod.rs"],
    "X.500: names are equal by matching rules, one rule is that of names, and the schema names both",
)];

/// Folders where not even a folder's own file and its parts use one another.
const HEADS_COUNT: &[&str] = &["web"];

#[test]
fn no_files_use_one_another_in_a_circle() {
    let mut arrows = arrows(&sources());
    arrows.retain(|(from, to), _| !is_part_of(from, to) || HEADS_COUNT.iter().any(|folder| in_folder(from, folder)));
    let found = circles(&arrows);
    let allowed = |circle: &Circle| ALLOWED.iter().any(|(files, _)| circle.iter().all(|file| files.contains(&file.as_str())));
    let faults: Vec<String> = found.iter().filter(|circle| !allowed(circle)).map(|circle| ties(&arrows, circle)).collect();
    assert!(faults.is_empty(), "circles:\n{}", faults.join("\n"));
    for (files, reason) in ALLOWED {
        let still = found.iter().any(|circle| circle.iter().all(|file| files.contains(&file.as_str())));
        assert!(still, "{files:?} is no circle any more: take it from the list ({reason})");
    }
}

#[test]
fn a_circle_is_found_with_all_that_is_on_it() {
    let arrow = |from: &str, to: &str| ((from.to_owned(), to.to_owned()), ["name".to_owned()].into());
    let arrows = Arrows::from([arrow("a", "b"), arrow("b", "c"), arrow("c", "a"), arrow("c", "d"), arrow("d", "e"), arrow("f", "a")]);
    let found = circles(&arrows);
    assert_eq!(found, [["a", "b", "c"].map(str::to_owned).into()]);
    assert_eq!(ties(&arrows, &found[0]), "  a -> b: name\n  b -> c: name\n  c -> a: name");
}

#[test]
fn a_part_is_told_from_its_folder_s_own_file() {
    for (part, head, is) in [
        ("a/b.rs", "a/mod.rs", true),
        ("a/b/c.rs", "a/mod.rs", true),
        ("a/b/c.rs", "a/b.rs", true),
        ("a/b/mod.rs", "a/mod.rs", true),
        ("a/mod.rs", "a/b.rs", false),
        ("a/bc.rs", "a/b.rs", false),
        ("a/b.rs", "a/b.rs", false),
    ] {
        assert_eq!(is_part_of(part, head), is, "{part} {head}");
    }
}

type Circle = BTreeSet<String>;

/// The files that reach one another, a set each.
fn circles(arrows: &Arrows) -> Vec<Circle> {
    let files: BTreeSet<&String> = arrows.keys().map(|(from, _)| from).collect();
    let ahead: BTreeMap<&String, BTreeSet<String>> = files.iter().map(|file| (*file, reached(arrows, file))).collect();
    let returns = |from: &String, to: &String| ahead.get(from).is_some_and(|ahead| ahead.contains(to));
    let circle = |file: &&String| -> Circle { ahead[file].iter().filter(|other| returns(other, file)).cloned().collect() };
    let found: BTreeSet<Circle> = files.iter().map(circle).filter(|circle| !circle.is_empty()).collect();
    found.into_iter().collect()
}

/// The files that can be reached from `file`; itself only by way of another.
fn reached(arrows: &Arrows, file: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![file.to_owned()];
    while let Some(from) = next.pop() {
        let ends = arrows.range((from.clone(), String::new())..).map(|(ends, _)| ends).take_while(|ends| ends.0 == from);
        for (_, to) in ends {
            if reached.insert(to.clone()) {
                next.push(to.clone());
            }
        }
    }
    reached
}

/// The arrows of `circle`, a line each.
fn ties(arrows: &Arrows, circle: &Circle) -> String {
    let inside = arrows.iter().filter(|((from, to), _)| circle.contains(from) && circle.contains(to));
    let line = |((from, to), names): (&(String, String), &BTreeSet<String>)| {
        format!("  {from} -> {to}: {}", names.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
    };
    inside.map(line).collect::<Vec<_>>().join("\n")
}

/// Whether `head` is the own file of a folder that `file` is in.
fn is_part_of(file: &str, head: &str) -> bool {
    let folder = head.trim_end_matches(".rs").trim_end_matches("/mod");
    file != head && in_folder(file, folder)
}

fn in_folder(file: &str, folder: &str) -> bool {
    file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
