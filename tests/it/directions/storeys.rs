//! Folders that are built in storeys: no file uses one of a storey above its own.

use super::code::sources;
use super::imports::{Arrows, arrows};

/// A storey, which is a file or a folder, and those that it may use beside itself.
type Storey = (&'static str, &'static [&'static str]);

/// Folders, each with its storeys from the top down.
const STOREYS: &[(&str, &[Storey])] = &[(
    "web",
    &[
        ("router", &["pages", "visit", "site", "wire"]),
        ("pages", &["visit", "site", "wire"]),
        ("visit", &["site", "wire"]),
        ("site", &["wire"]),
        ("wire", &[]),
    ],
)];

/// Folders whose parts do not know one another; a part is a file or a folder.
const APART: &[&str] = &["web/pages"];

#[test]
fn no_storey_uses_one_above_it() {
    let files = sources();
    let arrows = arrows(&files);
    let faults: Vec<String> = STOREYS.iter().flat_map(|(folder, storeys)| upward(&arrows, folder, storeys)).collect();
    assert!(faults.is_empty(), "files that use a storey above their own:\n  {}", faults.join("\n  "));
    for (folder, storeys) in STOREYS {
        for (file, _) in &files {
            let part = part_of(file, folder);
            let known = part.is_none_or(|part| part == "mod" || storeys.iter().any(|(storey, _)| *storey == part));
            assert!(known, "src/{file} is in no storey of {folder}");
        }
    }
}

#[test]
fn parts_that_stand_apart_do_not_know_one_another() {
    let arrows = arrows(&sources());
    let faults: Vec<String> = APART.iter().flat_map(|folder| across(&arrows, folder)).collect();
    assert!(faults.is_empty(), "files that use another part of their folder:\n  {}", faults.join("\n  "));
}

#[test]
fn an_arrow_upward_or_across_is_found() {
    let arrow = |from: &str, to: &str| ((from.to_owned(), to.to_owned()), ["name".to_owned()].into());
    let arrows = Arrows::from([
        arrow("h/top.rs", "h/below/a.rs"),
        arrow("h/below/a.rs", "h/below/b.rs"),
        arrow("h/below/b.rs", "h/top.rs"),
        arrow("h/below/c/mod.rs", "h/below/c/d.rs"),
        arrow("h/below/c/d.rs", "h/below/a.rs"),
        arrow("other.rs", "h/top.rs"),
    ]);
    assert_eq!(upward(&arrows, "h", &[("top", &["below"]), ("below", &[])]), ["h/below/b.rs uses name of h/top.rs"]);
    assert_eq!(across(&arrows, "h/below"), ["h/below/a.rs uses name of h/below/b.rs", "h/below/c/d.rs uses name of h/below/a.rs"]);
}

fn upward(arrows: &Arrows, folder: &str, storeys: &[Storey]) -> Vec<String> {
    faults(arrows, folder, |from, to| storeys.iter().any(|(storey, below)| *storey == from && !below.contains(&to)))
}

fn across(arrows: &Arrows, folder: &str) -> Vec<String> {
    faults(arrows, folder, |from, to| from != "mod" && to != "mod")
}

/// The arrows between two parts of `folder` that are `wrong`.
fn faults(arrows: &Arrows, folder: &str, wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let between = |(from, to): &&(String, String)| match (part_of(from, folder), part_of(to, folder)) {
        (Some(from), Some(to)) => from != to && wrong(from, to),
        _ => false,
    };
    let said = |ends: &(String, String)| {
        let names: Vec<&str> = arrows[ends].iter().map(String::as_str).collect();
        format!("{} uses {} of {}", ends.0, names.join(", "), ends.1)
    };
    arrows.keys().filter(between).map(said).collect()
}

/// The part of `folder` that `file` is, or is in; `None` if it is elsewhere.
fn part_of<'a>(file: &'a str, folder: &str) -> Option<&'a str> {
    let inside = file.strip_prefix(folder)?.strip_prefix('/')?;
    Some(inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs"))
}
