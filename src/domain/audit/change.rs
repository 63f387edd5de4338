//! What a change did to the values of an attribute, as a row of the audit keeps it: bounded, and never a secret.

use serde::{Deserialize, Serialize};

use crate::domain::entry::Value;
use crate::domain::schema::Attribute;

/// What became of the values of one attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueChange {
    /// The attribute's name.
    pub attribute: String,
    /// Values that were there before and are not any more.
    pub removed: Vec<String>,
    /// Values that are there now and were not before.
    pub added: Vec<String>,
    /// How many more values were added or removed than a row has room for.
    pub unnamed: u32,
}

impl ValueChange {
    /// What leads from the values `before` to those `after`. Of a credential the name alone is kept.
    pub fn between(attribute: Attribute, before: &[Value], after: &[Value]) -> ValueChange {
        let name = attribute.name().to_owned();
        if attribute == Attribute::UserPassword {
            return ValueChange { attribute: name, ..ValueChange::default() };
        }
        let lacking =
            |these: &[Value], those: &[Value]| these.iter().filter(|value| !those.contains(value)).map(|value| shown(value)).collect();
        ValueChange { attribute: name, removed: lacking(before, after), added: lacking(after, before), unnamed: 0 }
    }

    /// Whether no value is another.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty() && self.unnamed == 0
    }
}

/// `changes` as one row keeps them: [`MAX_VALUES`] values in all, and the number of the others.
pub fn bounded(mut changes: Vec<ValueChange>) -> Vec<ValueChange> {
    let mut room = MAX_VALUES;
    for change in &mut changes {
        for values in [&mut change.removed, &mut change.added] {
            change.unnamed += values.len().saturating_sub(room) as u32;
            values.truncate(room);
            room -= values.len();
        }
    }
    changes
}

/// A value as a person reads it, cut to [`MAX_SHOWN`] bytes; of what is no text the length.
fn shown(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) if text.len() <= MAX_SHOWN => text.to_owned(),
        Ok(text) => format!("{}…", &text[..text.floor_char_boundary(MAX_SHOWN)]),
        Err(_) => format!("({} bytes)", value.len()),
    }
}

/// Values that one row names.
pub const MAX_VALUES: usize = 64;

/// Bytes of one of them.
const MAX_SHOWN: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn values(texts: &[&str]) -> Vec<Value> {
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    #[test]
    fn what_stays_is_not_named() {
        let change = ValueChange::between(Attribute::Mail, &values(&["a@b.c", "d@e.f"]), &values(&["d@e.f", "g@h.i"]));
        assert_eq!((change.removed, change.added), (vec!["a@b.c".to_owned()], vec!["g@h.i".to_owned()]));
        assert!(ValueChange::between(Attribute::Cn, &values(&["x"]), &values(&["x"])).is_empty());
    }

    #[test]
    fn a_credential_a_photograph_and_a_long_text_are_not_kept() {
        let secret = ValueChange::between(Attribute::UserPassword, &values(&["old"]), &values(&["new"]));
        assert_eq!((secret.removed.len(), secret.added.len()), (0, 0));
        let photo = ValueChange::between(Attribute::JpegPhoto, &[], &[vec![0xFF, 0xD8, 0xFF]]);
        assert_eq!(photo.added, ["(3 bytes)"]);
        let long = ValueChange::between(Attribute::Description, &[], &values(&["é".repeat(500).as_str()]));
        assert_eq!(long.added[0].len(), MAX_SHOWN + "…".len());
    }

    #[test]
    fn a_row_names_so_many_values_and_counts_the_rest() {
        let many: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        let one = |attribute: &str| ValueChange { attribute: attribute.into(), removed: many.clone(), added: many.clone(), unnamed: 0 };
        let kept = bounded(vec![one("a"), one("b")]);
        let named = |change: &ValueChange| [change.removed.len(), change.added.len(), change.unnamed as usize];
        assert_eq!(kept.iter().map(named).collect::<Vec<_>>(), [[50, 14, 36], [0, 0, 100]]);
    }
}
