//! What the documents say of files is so: every path that they name is there.

use std::fs;
use std::path::Path;

use super::code::sources;

const DOCUMENTS: &[&str] =
    &["README.md", "ARCHITECTURE.md", "SECURITY.md", "docs/forgotten-password.md", "docs/pages.md", "docs/performance.md"];

#[test]
fn every_file_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources: Vec<String> = sources().into_iter().map(|(file, _)| format!("src/{file}")).collect();
    let is_there = |path: &str| {
        let inside = format!("/{path}");
        let at = ["", "src", "docs"].iter().any(|folder| root.join(folder).join(path).exists());
        at || sources.iter().any(|file| file.ends_with(&inside) || (path.ends_with('/') && file.contains(&inside)))
    };
    let mut faults = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let paths = paths(&text);
        faults.extend(paths.into_iter().filter(|path| !is_there(path)).map(|path| format!("{document}: {path}")));
    }
    assert!(faults.is_empty(), "files that are not there:\n  {}", faults.join("\n  "));
}

#[test]
fn paths_are_told_from_other_code() {
    let text = "`domain/dn/` and `once.rs`, not `a / b`, `/etc/x.toml`, `text/*/AREA.ftl`, `limits.connections` or `cn=x`.\n\
                [pages](docs/pages.md), [elsewhere](https://example.org/x.md)";
    assert_eq!(paths(text), ["domain/dn/", "once.rs", "docs/pages.md"]);
}

/// The relative paths in `text`: in code, and where links lead.
fn paths(text: &str) -> Vec<&str> {
    let code = text.split('`').skip(1).step_by(2);
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    code.chain(links).filter(|path| is_path(path)).collect()
}

fn is_path(text: &str) -> bool {
    let is_of_path = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let ends_as_file = [".rs", ".md", ".toml", ".txt", ".html"].iter().any(|end| text.ends_with(end));
    text.chars().all(is_of_path) && !text.starts_with('/') && (text.contains('/') || ends_as_file)
}
