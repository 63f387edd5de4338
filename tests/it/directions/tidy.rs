//! Names and signatures that read well wherever they are seen: a type name says which type it is, and a function takes
//! its arguments one by one.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{sources, tokens, without_comments_and_strings};
use super::names::without_tests;

/// Folders whose types may have the names of others, and why.
const NAMESAKES: &[(&str, &str)] =
    &[("store/migrate", "types as an older schema had them, under the names that they had: nobody else sees them")];

#[test]
fn no_two_modules_define_a_type_of_one_name() {
    let files = sources();
    let (types, faults) = (types(&files, NAMESAKES), |types: BTreeMap<String, BTreeSet<String>>| -> Vec<String> {
        let several = types.into_iter().filter(|(_, files)| files.len() > 1);
        several.map(|(name, files)| format!("{name}: {}", files.into_iter().collect::<Vec<_>>().join(", "))).collect()
    });
    assert!(types.len() > 300, "only {} types found", types.len());
    let found = faults(types);
    assert!(found.is_empty(), "type names that do not say which:\n  {}", found.join("\n  "));
    for (folder, reason) in NAMESAKES {
        let others: Vec<_> = NAMESAKES.iter().filter(|(other, _)| other != folder).copied().collect();
        let needed = faults(self::types(&files, &others)).iter().any(|fault| fault.contains(folder));
        assert!(needed, "{folder} has no namesake any more: take it from the list ({reason})");
    }
}

#[test]
fn no_function_takes_a_tuple() {
    let faults: Vec<String> = sources().iter().flat_map(|(file, text)| tuples(file, text)).collect();
    assert!(faults.is_empty(), "parameters to be separate arguments, or a struct with a name:\n  {}", faults.join("\n  "));
}

#[test]
fn namesakes_are_found_and_tests_are_not_looked_at() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [
        file("a/mod.rs", "mod b; #[cfg(test)] mod model; pub struct One; impl Two for One { type Item = u8; } pub(crate) enum Three {}"),
        file("a/b.rs", "struct One<T>(T); trait Two { type Item; } // struct Three;\nfn f() { struct Local; }"),
        file("a/model.rs", "struct Three;"),
        file("c.rs", "type Three = u8; #[cfg(test)] mod tests { struct Two; }"),
        file("frozen/d.rs", "struct Two;"),
    ];
    let found = types(&files, &[("frozen", "")]);
    let found: Vec<String> = found.iter().map(|(name, files)| format!("{name} {}", files.len())).collect();
    assert_eq!(found, ["One 2", "Three 2", "Two 1"]);
}

#[test]
fn tuples_are_found_in_every_position() {
    for (source, found) in [
        ("fn f(a: u8, (b, c): (u8, &str)) {}", 1),
        ("fn f(pair: (u8, u8), other: &mut (u8, Vec<(u8, u8)>)) {}", 2),
        ("fn f<F: Fn(u8) -> u8>(&self, (mut a, b): (u8, u8)) {}", 1),
        ("fn f(a: &mut (impl Read + Send), nothing: (), list: &[(u8, u8)], one: Option<(u8, u8)>) {}", 0),
        ("fn f(of: impl Fn((u8, u8)) -> (u8, u8)) -> (u8, u8) { g((1, 2)) }", 0),
    ] {
        assert_eq!(tuples("x.rs", source).len(), found, "{source}");
    }
}

/// The types that `files` define outside of braces, with the files that define them: without tests, and without the
/// folders that are `left_out`.
fn types(files: &[(String, String)], left_out: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<String>> {
    let mut only_tests = Vec::new();
    let mut programs = Vec::new();
    for (file, text) in files {
        let (code, declared) = without_tests(tokens(&without_comments_and_strings(text)));
        let module = file.trim_end_matches(".rs").trim_end_matches("/mod");
        only_tests.extend(declared.into_iter().map(|name| format!("{module}/{name}")));
        programs.push((file, code));
    }
    let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, code) in programs {
        let is_in = |folder: &str| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with(['/', '.']));
        if only_tests.iter().any(|tests| is_in(tests)) || left_out.iter().any(|(folder, _)| is_in(folder)) {
            continue;
        }
        for name in defined_types(&code) {
            types.entry(name).or_default().insert(file.clone());
        }
    }
    types
}

fn defined_types(code: &[String]) -> Vec<String> {
    let (mut names, mut depth) = (Vec::new(), 0);
    for (at, token) in code.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "struct" | "enum" | "trait" | "type" | "union" if depth == 0 => names.extend(code.get(at + 1).cloned()),
            _ => {}
        }
    }
    names
}

/// The parameters in `text` that are tuples.
fn tuples(file: &str, text: &str) -> Vec<String> {
    let code = tokens(&without_comments_and_strings(text));
    let mut faults = Vec::new();
    for at in (0..code.len()).filter(|at| code[*at] == "fn") {
        let Some(open) = (at..code.len()).find(|open| is_opening(&code, at, *open)) else { continue };
        let name = &code[at + 1];
        let parameters = parameters(&code[open + 1..]);
        let faulty = parameters.into_iter().filter(|parameter| is_tuple(parameter));
        faults.extend(faulty.map(|parameter| format!("{file}: fn {name}: {}", parameter.join(" "))));
    }
    faults
}

/// Whether the parameters of the function at `from` begin at `at`: behind its name and what stands between `<` and `>`.
fn is_opening(code: &[String], from: usize, at: usize) -> bool {
    let before = &code[from..at];
    let closing = before.windows(2).filter(|pair| pair[1] == ">" && pair[0] != "-").count();
    code[at] == "(" && before.iter().filter(|token| *token == "<").count() == closing
}

/// What stands between the commas up to the closing parenthesis.
fn parameters(code: &[String]) -> Vec<&[String]> {
    let (mut found, mut from, mut depth) = (Vec::new(), 0, 0);
    for (at, token) in code.iter().enumerate() {
        match token.as_str() {
            ")" if depth == 0 => {
                found.push(&code[from..at]);
                break;
            }
            "(" | "[" | "{" | "<" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            ">" if code[at - 1] != "-" => depth -= 1,
            "," if depth == 0 => {
                found.push(&code[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.into_iter().filter(|parameter| !parameter.is_empty()).collect()
}

/// Whether a pattern, or a type behind references, is a tuple of two or more.
fn is_tuple(parameter: &[String]) -> bool {
    let is_pair = |tokens: &[String]| tokens.first().is_some_and(|first| first == "(") && parameters(&tokens[1..]).len() > 1;
    let Some(colon) = parameter.iter().position(|token| token == ":") else { return false };
    let of_type = parameter[colon + 1..].iter().position(|token| !matches!(token.as_str(), "&" | "mut"));
    is_pair(parameter) || of_type.is_some_and(|at| is_pair(&parameter[colon + 1 + at..]))
}
