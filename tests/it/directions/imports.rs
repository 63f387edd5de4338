//! Which file uses which: `use` declarations and the paths within functions, resolved to the file that defines the name.
//!
//! A name that a file only re-exports counts as a use of the file that defines it. Tests do not count: what stands behind
//! `#[cfg(test)]`, and files that are declared that way.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{tokens, without_comments_and_strings};
use super::names::{Source, Token, without_tests};

/// The arrows between files: from, to, and the names that the first takes from the second.
pub type Arrows = BTreeMap<(String, String), BTreeSet<String>>;

/// A module with its place in the tree, outermost first: `["web", "visit"]`. The crate's own is empty.
type Module = Vec<String>;

/// What a path leads to.
#[derive(Clone, PartialEq, Eq)]
enum Target {
    Module(Module),
    /// A name that the file of this module defines.
    Item(Module),
}

/// Reads the arrows between `files`, pairs of a name relative to `src/` and a text.
pub fn arrows(files: &[(String, String)]) -> Arrows {
    let mut house = House::default();
    let mut only_tests = BTreeSet::new();
    for (file, text) in files {
        let module = module_of(file);
        let (code, tests) = without_tests(tokens(&without_comments_and_strings(text)));
        only_tests.extend(tests.into_iter().map(|name| [module.clone(), vec![name]].concat()));
        house.sources.insert(module, Source::read(file, code));
    }
    house.sources.retain(|module, _| !only_tests.iter().any(|tests| module.starts_with(tests)));
    house.arrows()
}

/// All files of the crate.
#[derive(Default)]
struct House {
    sources: BTreeMap<Module, Source>,
}

impl House {
    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (module, source) in self.sources.iter().filter(|(module, _)| !module.is_empty()) {
            for (path, target) in self.uses(module, source) {
                let Target::Item(to) = target else { continue };
                if to != *module && !to.is_empty() {
                    let name = path.last().cloned().unwrap_or_default();
                    let ends = (source.file.clone(), self.sources[&to].file.clone());
                    arrows.entry(ends).or_default().insert(name);
                }
            }
        }
        arrows
    }

    /// What `source` uses, and where that is.
    fn uses(&self, module: &Module, source: &Source) -> Vec<(Vec<String>, Target)> {
        let mut uses = Vec::new();
        for import in &source.imports {
            let handed_on = import.public && !import.name.as_ref().is_some_and(|name| source.code.iter().any(|token| token.text == *name));
            if handed_on {
                continue;
            }
            match self.resolve(module, &outward(&import.path, import.nested), &mut Vec::new()) {
                // Of a folder, what is meant is told by the paths that go on from there.
                Some(Target::Module(to)) if import.name.is_some() && self.has_parts(&to) => {}
                Some(Target::Module(to) | Target::Item(to)) => uses.push((import.path.clone(), Target::Item(to))),
                None => {}
            }
        }
        for (path, nested) in paths(&source.code) {
            if let Some(target) = self.resolve(module, &outward(&path, nested), &mut Vec::new()) {
                uses.push((path, target));
            }
        }
        uses
    }

    fn has_parts(&self, module: &Module) -> bool {
        self.sources.keys().any(|other| other.len() > module.len() && other.starts_with(module))
    }

    /// Follows `path`, which is written in the file of `from`; `None`: it is of another crate, or of the file itself.
    fn resolve(&self, from: &Module, path: &[String], under_way: &mut Vec<(Module, String)>) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" | "bindery" => self.walk(Module::new(), rest, under_way),
            "self" => self.walk(from.clone(), rest, under_way),
            "super" => {
                let above = from.split_last()?.1.to_vec();
                match rest.first() {
                    Some(next) if next == "super" => self.resolve(&above, rest, under_way),
                    _ => self.walk(above, rest, under_way),
                }
            }
            name if self.sources.contains_key(&below(from, name)) => self.walk(below(from, name), rest, under_way),
            name => match self.imported(from, name, under_way)? {
                Target::Module(module) => self.walk(module, rest, under_way),
                item @ Target::Item(_) => Some(item),
            },
        }
    }

    /// Follows `path` from `module`.
    fn walk(&self, module: Module, path: &[String], under_way: &mut Vec<(Module, String)>) -> Option<Target> {
        let Some((first, rest)) = path.split_first() else { return Some(Target::Module(module)) };
        let child = below(&module, first);
        if self.sources.contains_key(&child) {
            return self.walk(child, rest, under_way);
        }
        match self.named(&module, first, under_way) {
            Some(Target::Module(module)) => self.walk(module, rest, under_way),
            Some(item @ Target::Item(_)) => Some(item),
            // A macro may make it, or a derive; or it is of another crate.
            None => Some(Target::Item(module)),
        }
    }

    /// Finds what `name` is in `module`: its own, or one that it imports.
    fn named(&self, module: &Module, name: &str, under_way: &mut Vec<(Module, String)>) -> Option<Target> {
        let source = self.sources.get(module)?;
        if source.defines.contains(name) {
            return Some(Target::Item(module.clone()));
        }
        self.imported(module, name, under_way)
    }

    /// Finds what `name` is if the file of `module` imports it.
    fn imported(&self, module: &Module, name: &str, under_way: &mut Vec<(Module, String)>) -> Option<Target> {
        let step = (module.clone(), name.to_owned());
        if under_way.contains(&step) {
            return None;
        }
        under_way.push(step);
        let source = self.sources.get(module)?;
        if let Some(import) = source.imports.iter().find(|import| import.name.as_deref() == Some(name)) {
            return self.resolve(module, &outward(&import.path, import.nested), under_way);
        }
        let globs = source.imports.iter().filter(|import| import.name.is_none());
        globs.into_iter().find_map(|glob| match self.resolve(module, &outward(&glob.path, glob.nested), under_way)? {
            Target::Module(inner) => self.named(&inner, name, under_way),
            Target::Item(_) => None,
        })
    }
}

fn below(module: &Module, name: &str) -> Module {
    [module.clone(), vec![name.to_owned()]].concat()
}

/// Takes off the `super` that lead out of inline modules to the file itself.
fn outward(path: &[String], nested: usize) -> Vec<String> {
    let supers = path.iter().take(nested).take_while(|part| *part == "super").count();
    let rest = &path[supers..];
    if supers > 0 && rest.first().is_none_or(|part| part != "super") {
        [vec!["self".to_owned()], rest.to_vec()].concat()
    } else {
        rest.to_vec()
    }
}

/// The module whose text `file` is.
fn module_of(file: &str) -> Module {
    let name = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if name == "lib" { Module::new() } else { name.split('/').map(str::to_owned).collect() }
}

/// Each path of two parts or more.
fn paths(code: &[Token]) -> Vec<(Vec<String>, usize)> {
    let is = |at: usize, text: &str| code.get(at).is_some_and(|token: &Token| token.text == text);
    let mut found = Vec::new();
    let mut at = 0;
    while at + 1 < code.len() {
        if !(is_name(&code[at].text) && is(at + 1, "::")) {
            at += 1;
            continue;
        }
        let nested = code[at].nested;
        let mut path = vec![code[at].text.clone()];
        while is(at + 1, "::") && code.get(at + 2).is_some_and(|token| is_name(&token.text)) {
            at += 2;
            path.push(code[at].text.clone());
        }
        found.push((path, nested));
        at += 1;
    }
    found
}

fn is_name(token: &str) -> bool {
    token.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
}

#[test]
fn an_arrow_ends_at_the_file_that_defines_the_name() {
    let house = [
        ("lib.rs", "pub mod a; pub mod b;"),
        ("a/mod.rs", "mod one; pub mod two; mod tests; pub use one::One; pub use two::*; pub struct Own; fn f(_: Own) {}"),
        ("a/one.rs", "pub struct One; impl One { fn f() { super::two::go() } }"),
        ("a/two.rs", "use super::Own; pub fn go() {} pub enum Two { A } mod inner { use super::Two; fn f() { super::super::one::g() } }"),
        ("b.rs", "use crate::a::{self, One, two::{Two as Deux, go}}; use std::fs; fn f() { a::Two::A; }"),
    ];
    assert_eq!(
        drawn(&house),
        [
            "a/one.rs -> a/two.rs: go",
            "a/two.rs -> a/mod.rs: Own",
            "a/two.rs -> a/one.rs: g",
            "b.rs -> a/one.rs: One",
            "b.rs -> a/two.rs: A Two go"
        ]
    );
}

#[test]
fn a_module_is_used_where_its_names_are() {
    for (source, arrows) in [
        ("use super::paths; fn f() { paths::go() }", vec!["b.rs -> paths.rs: go paths"]),
        ("use crate::folder; fn f() { folder::part::go() }", vec!["b.rs -> folder/part.rs: go"]),
        ("use crate::folder; fn f() { folder::own() }", vec!["b.rs -> folder/mod.rs: own"]),
        ("use crate::folder::part::*;", vec!["b.rs -> folder/part.rs: part"]),
        ("pub use crate::folder::part::go;", vec![]),
        ("pub use crate::folder::part::go; fn f() { go() }", vec!["b.rs -> folder/part.rs: go"]),
        ("#[cfg(test)] mod tests { use crate::paths; fn f() {} } #[cfg(test)] #[allow(x)] use crate::paths::go; fn g() {}", vec![]),
        ("// use crate::paths;\nconst S: &str = \"crate::paths::go\";", vec![]),
    ] {
        let house = [
            ("lib.rs", ""),
            ("b.rs", source),
            ("paths.rs", "pub fn go() {}"),
            ("folder/mod.rs", "pub fn own() {}"),
            ("folder/part.rs", "pub fn go() {}"),
        ];
        assert_eq!(drawn(&house), arrows, "{source}");
    }
}

#[test]
fn files_of_tests_are_not_there() {
    let house = [
        ("lib.rs", ""),
        ("a.rs", "#[cfg(test)]\nmod model; pub fn f() {}"),
        ("a/model.rs", "use crate::b::g;"),
        ("b.rs", "use crate::a::f; pub fn g() {}"),
    ];
    assert_eq!(drawn(&house), ["b.rs -> a.rs: f"]);
}

fn drawn(house: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(String, String)> = house.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    let names = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(" ");
    arrows(&files).into_iter().map(|((from, to), taken)| format!("{from} -> {to}: {}", names(taken))).collect()
}
