//! What a file defines and imports, read from its tokens.

use std::collections::BTreeSet;

/// A file as far as names go.
pub struct Source {
    pub file: String,
    /// Without tests and without the `use` declarations.
    pub code: Vec<Token>,
    pub defines: BTreeSet<String>,
    pub imports: Vec<Import>,
}

/// A token, with the number of inline modules around it.
pub struct Token {
    pub text: String,
    pub nested: usize,
}

/// One name of a `use` declaration.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    pub path: Vec<String>,
    /// What it is called here; `None` for `*`.
    pub name: Option<String>,
    pub public: bool,
    pub nested: usize,
}

impl Source {
    /// Reads `code`, the text of `file` without its tests.
    pub fn read(file: &str, code: Vec<String>) -> Source {
        let (mut rest, mut imports) = (Vec::new(), Vec::new());
        let nested = inline_modules(&code);
        let mut at = 0;
        while at < code.len() {
            let declares = code[at] == "use" && code.get(at + 1).is_some_and(|next| next != "<");
            if declares {
                let end = code[at..].iter().position(|token| token == ";").map_or(code.len(), |length| at + length);
                let public = at > 0 && (code[at - 1] == "pub" || code[at - 1] == ")");
                for (path, name) in leaves(&code[at + 1..end]) {
                    imports.push(Import { path, name, public, nested: nested[at] });
                }
                at = end;
            } else {
                rest.push(Token { text: code[at].clone(), nested: nested[at] });
            }
            at += 1;
        }
        Source { file: file.to_owned(), defines: defined(&rest), code: rest, imports }
    }
}

/// For each token the number of inline modules (`mod name { … }`) around it.
fn inline_modules(code: &[String]) -> Vec<usize> {
    let (mut nested, mut depth, mut opened) = (Vec::new(), 0, Vec::new());
    for (at, token) in code.iter().enumerate() {
        match token.as_str() {
            "{" => {
                depth += 1;
                if at >= 2 && code[at - 2] == "mod" {
                    opened.push(depth);
                }
            }
            "}" => {
                if opened.last() == Some(&depth) {
                    opened.pop();
                }
                depth -= 1;
            }
            _ => {}
        }
        nested.push(opened.len());
    }
    nested
}

/// The paths of a `use` declaration, each with the name that it has from there on.
fn leaves(tree: &[String]) -> Vec<(Vec<String>, Option<String>)> {
    let mut path = Vec::new();
    for (at, token) in tree.iter().enumerate() {
        match token.as_str() {
            "::" => {}
            "*" => return vec![(path, None)],
            "as" => return vec![(path, tree.get(at + 1).cloned())],
            "{" => {
                let inner = branches(&tree[at + 1..]).into_iter().flat_map(leaves);
                return inner.map(|(rest, name)| joined(&path, rest, name)).collect();
            }
            part => path.push(part.to_owned()),
        }
    }
    let name = path.last().cloned();
    vec![(path, name)]
}

/// A path of a group behind what stands before the group; `self` is that itself.
fn joined(before: &[String], rest: Vec<String>, name: Option<String>) -> (Vec<String>, Option<String>) {
    let itself = !before.is_empty() && rest == ["self"];
    let name = if itself && name.as_deref() == Some("self") { before.last().cloned() } else { name };
    let path = if itself { before.to_vec() } else { [before.to_vec(), rest].concat() };
    (path, name)
}

/// What stands between the commas of a group, up to its end.
fn branches(group: &[String]) -> Vec<&[String]> {
    let (mut found, mut from, mut depth) = (Vec::new(), 0, 0);
    for (at, token) in group.iter().enumerate() {
        match (token.as_str(), depth) {
            ("{", _) => depth += 1,
            ("}", 0) => {
                found.push(&group[from..at]);
                break;
            }
            ("}", _) => depth -= 1,
            (",", 0) => {
                found.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.into_iter().filter(|branch| !branch.is_empty()).collect()
}

/// The names of what `code` defines outside of any braces.
fn defined(code: &[Token]) -> BTreeSet<String> {
    let mut depth = 0;
    let mut names = BTreeSet::new();
    for (at, token) in code.iter().enumerate() {
        let next = |ahead: usize| code.get(at + ahead).map(|token| token.text.clone()).unwrap_or_default();
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "fn" | "struct" | "enum" | "const" | "static" | "type" | "trait" | "union" if depth == 0 => _ = names.insert(next(1)),
            "mod" if depth == 0 && next(2) == "{" => _ = names.insert(next(1)),
            "macro_rules" if depth == 0 => _ = names.insert(next(2)),
            _ => {}
        }
    }
    names
}

/// Takes off each item behind `#[cfg(test)]`; also returns the names of the files that are declared so.
pub fn without_tests(code: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut declared) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < code.len() {
        if !code[at..].iter().map(String::as_str).take(CFG_TEST.len()).eq(CFG_TEST) {
            kept.push(code[at].clone());
            at += 1;
            continue;
        }
        let item = &code[at..at + item_length(&code[at..])];
        if let [.., word, name, end] = item
            && word == "mod"
            && end == ";"
        {
            declared.push(name.clone());
        }
        at += item.len();
    }
    (kept, declared)
}

/// The number of tokens of the item at the beginning of `code`, with its attributes.
fn item_length(code: &[String]) -> usize {
    let mut depth = 0;
    for (at, token) in code.iter().enumerate() {
        match token.as_str() {
            "{" | "[" | "(" => depth += 1,
            "]" | ")" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// What stands before a test.
const CFG_TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
