//! The root DSE (RFC 4512 §5.1): what this server can do, and nothing that it cannot.

use super::codec::control::SUPPORTED;
use super::codec::oids::{PASSWORD_MODIFY, START_TLS, WHO_AM_I};
use crate::domain::entry::Value;
use crate::domain::mail_queue;
use crate::domain::schema::Attribute;
use crate::domain::tree::SUBSCHEMA_DN;

/// The facts that differ between connections.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The suffix in its canonical form.
    pub suffix: &'a str,
    /// Whether StartTLS would work.
    pub start_tls: bool,
    /// Whether SASL EXTERNAL would work.
    pub external: bool,
}

/// An entry that the protocol serves itself: attributes and values, in the order they are shown.
pub struct ServedEntry {
    /// Its name.
    pub dn: &'static str,
    /// Its object classes.
    pub object_classes: &'static [&'static str],
    /// Everything else; `*` does not return it.
    pub operational: Vec<(Attribute, Vec<Value>)>,
}

/// The root DSE as one connection sees it.
pub fn root_dse(facts: Facts) -> ServedEntry {
    let mut extensions = vec![WHO_AM_I, PASSWORD_MODIFY, mail_queue::OID];
    extensions.extend(facts.start_tls.then_some(START_TLS));
    let mechanisms: &[&str] = if facts.external { &["EXTERNAL"] } else { &[] };
    let mut operational = vec![
        (Attribute::NamingContexts, values(&[facts.suffix])),
        (Attribute::SubschemaSubentry, values(&[SUBSCHEMA_DN])),
        (Attribute::SupportedLdapVersion, values(&["3"])),
        (Attribute::SupportedControl, values(SUPPORTED)),
        (Attribute::SupportedExtension, values(&extensions)),
        (Attribute::SupportedFeatures, values(FEATURES)),
        (Attribute::SupportedSaslMechanisms, values(mechanisms)),
        (Attribute::VendorName, values(&["Bindery"])),
        (Attribute::VendorVersion, values(&[env!("CARGO_PKG_VERSION")])),
    ];
    operational.retain(|(_, values)| !values.is_empty());
    ServedEntry { dn: "", object_classes: &["top"], operational }
}

fn values(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// All operational attributes by `+` (RFC 3673), `(&)` and `(|)` (RFC 4526).
const FEATURES: &[&str] = &["1.3.6.1.4.1.4203.1.5.1", "1.3.6.1.4.1.4203.1.5.3"];
