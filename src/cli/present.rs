//! How entries are shown: the same fields under the same names to people and to scripts.

use serde_json::{Map, Value, json};

use super::session::ReceivedEntry;

/// A field: its name for scripts (stable), its label for people, where it comes from.
pub struct Field {
    /// The name in JSON.
    pub key: &'static str,
    /// The label for people.
    pub label: &'static str,
    /// The attribute type.
    pub attribute: &'static str,
    /// What its values are.
    pub shape: FieldShape,
}

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldShape {
    /// One text.
    One,
    /// Any number of texts.
    Many,
    /// A number.
    Number,
    /// Yes or no; no if it is absent.
    Flag,
    /// A GeneralizedTime, shown as RFC 3339 writes it.
    Time,
    /// DNs, of which the first value is shown; those below this `ou` only, if it is not empty.
    Names(&'static str),
    /// One DN, of which the first value is shown.
    Name,
}

/// `entry` for scripts: every field is there, absent values as null, an empty array or false.
pub fn to_json(fields: &[Field], entry: &ReceivedEntry) -> Value {
    let mut object = Map::new();
    object.insert("dn".to_owned(), json!(entry.dn));
    for field in fields {
        object.insert(field.key.to_owned(), field.value(entry));
    }
    Value::Object(object)
}

/// `entry` for people: a line for each field that has a value.
pub fn to_text(fields: &[Field], entry: &ReceivedEntry) -> String {
    let width = fields.iter().map(|field| field.label.chars().count()).max().unwrap_or(0).max("DN".len()) + 1;
    let mut text = format!("{:<width$} {}\n", "DN:", entry.dn);
    for field in fields {
        let shown = match field.value(entry) {
            Value::Null => continue,
            Value::Bool(false) => continue,
            Value::Bool(true) => "yes".to_owned(),
            Value::Array(values) if values.is_empty() => continue,
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            Value::String(value) => value,
            other => other.to_string(),
        };
        text.push_str(&format!("{:<width$} {}\n", format!("{}:", field.label), shown.replace('\n', " ")));
    }
    super::output::printable(&text)
}

impl Field {
    /// A field; the arguments are in the order of the struct.
    pub const fn new(key: &'static str, label: &'static str, attribute: &'static str, shape: FieldShape) -> Field {
        Field { key, label, attribute, shape }
    }

    fn value(&self, entry: &ReceivedEntry) -> Value {
        let first = || entry.text(self.attribute);
        match self.shape {
            FieldShape::One => json!(first()),
            FieldShape::Many => json!(entry.texts(self.attribute)),
            FieldShape::Number => json!(first().and_then(|number| number.parse::<u64>().ok())),
            FieldShape::Flag => json!(first().is_some_and(|flag| flag.eq_ignore_ascii_case("true"))),
            FieldShape::Time => json!(first().map(|time| readable_time(&time))),
            FieldShape::Name => json!(first().map(|dn| first_value(&dn))),
            FieldShape::Names(ou) => json!(names(&entry.texts(self.attribute), ou)),
        }
    }
}

fn names(dns: &[String], ou: &str) -> Vec<String> {
    let below = format!(",ou={ou},");
    let mut names: Vec<String> =
        dns.iter().filter(|dn| ou.is_empty() || dn.to_lowercase().contains(&below)).map(|dn| first_value(dn)).collect();
    names.sort();
    names
}

/// The value of a DN's first RDN, without its escapes (RFC 4514 §3); the DN itself if it is not one.
pub fn first_value(dn: &str) -> String {
    let Some((_, rest)) = dn.split_once('=') else {
        return dn.to_owned();
    };
    let mut value = Vec::new();
    let mut bytes = rest.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b',' | b'+' => break,
            b'\\' => {
                let Some(next) = bytes.next() else { break };
                let low = bytes.peek().and_then(|low| (*low as char).to_digit(16));
                match ((next as char).to_digit(16), low) {
                    (Some(high), Some(low)) => {
                        bytes.next();
                        value.push((high * 16 + low) as u8);
                    }
                    _ => value.push(next),
                }
            }
            byte => value.push(byte),
        }
    }
    String::from_utf8_lossy(&value).into_owned()
}

/// `20261122093000Z` as `2026-11-22T09:30:00Z`; anything else as it is.
fn readable_time(time: &str) -> String {
    let digits = time.strip_suffix('Z').filter(|digits| digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    match digits {
        Some(d) => format!("{}-{}-{}T{}:{}:{}Z", &d[..4], &d[4..6], &d[6..8], &d[8..10], &d[10..12], &d[12..]),
        None => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use ldap3::SearchEntry;

    use super::*;

    static FIELDS: &[Field] = &[
        Field::new("login", "Login", "uid", FieldShape::One),
        Field::new("mail", "Mail", "mail", FieldShape::Many),
        Field::new("uid_number", "UID number", "uidNumber", FieldShape::Number),
        Field::new("must_change", "Must change", "pwdReset", FieldShape::Flag),
        Field::new("expires", "Expires", "accountExpires", FieldShape::Time),
        Field::new("groups", "Groups", "memberOf", FieldShape::Names("groups")),
    ];

    fn entry(values: &[(&str, &[&str])]) -> ReceivedEntry {
        let attrs: HashMap<String, Vec<String>> =
            values.iter().map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())).collect();
        ReceivedEntry::from(SearchEntry { dn: "uid=l,ou=people,dc=x".to_owned(), attrs, bin_attrs: HashMap::new() })
    }

    #[test]
    fn fields_are_there_for_scripts_even_without_a_value() {
        let nothing = to_json(FIELDS, &entry(&[]));
        let expected = json!({"dn": "uid=l,ou=people,dc=x", "login": null, "mail": [], "uid_number": null, "must_change": false,
            "expires": null, "groups": []});
        assert_eq!(nothing, expected);
    }

    #[test]
    fn values_are_shown_by_their_shape() {
        let full = entry(&[
            ("UID", &["louisem"]),
            ("mail", &["l@x", "m@x"]),
            ("uidNumber", &["1000"]),
            ("pwdReset", &["TRUE"]),
            ("accountExpires", &["20261231000000Z"]),
            ("memberOf", &["cn=staff,ou=groups,dc=x", "cn=sales,ou=teams,dc=x"]),
        ]);
        let expected = json!({"dn": "uid=l,ou=people,dc=x", "login": "louisem", "mail": ["l@x", "m@x"], "uid_number": 1000,
            "must_change": true, "expires": "2026-12-31T00:00:00Z", "groups": ["staff"]});
        assert_eq!(to_json(FIELDS, &full), expected);
        let text = to_text(FIELDS, &full);
        assert!(text.contains("Mail:        l@x, m@x\n") && text.contains("Groups:      staff\n"), "{text}");
    }

    #[test]
    fn names_are_taken_out_of_dns() {
        for (dn, name) in [
            ("cn=staff,ou=groups,dc=x", "staff"),
            (r"cn=a\2cb\,c,ou=groups", "a,b,c"),
            (r"cn=caf\c3\a9", "café"),
            ("cn=a+uid=b,dc=x", "a"),
            ("staff", "staff"),
            (r"cn=\", ""),
        ] {
            assert_eq!(first_value(dn), name, "{dn}");
        }
    }
}
