//! The line of each key of a TOML file, so that a problem can name it.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line, counted from 1, of each key by its dotted name; empty if `text` is not TOML.
pub fn lines(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    if let Ok(table) = DeTable::parse(text) {
        collect(text, "", table.get_ref(), &mut found);
    }
    found
}

/// The line of the byte at `offset`, counted from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// As deep as the TOML parser lets a table be.
fn collect(text: &str, above: &str, table: &DeTable<'_>, found: &mut BTreeMap<String, usize>) {
    for (key, value) in table {
        let name = if above.is_empty() { key.get_ref().to_string() } else { format!("{above}.{}", key.get_ref()) };
        found.insert(name.clone(), line_of(text, key.span().start));
        if let DeValue::Table(inner) = Spanned::get_ref(value) {
            collect(text, &name, inner, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_line() {
        let found = lines("# a comment\n[ldap]\nlisten = [\n  1,\n]\nsocket = ''\n[passwords.argon2]\nlanes = 1\n");
        for (key, line) in [("ldap", 2), ("ldap.listen", 3), ("ldap.socket", 6), ("passwords.argon2.lanes", 8)] {
            assert_eq!(found.get(key), Some(&line), "{key}");
        }
    }
}
