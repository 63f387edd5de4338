//! Distinguished names (RFC 4514).

/// A distinguished name, the most specific part first; compared as distinguishedNameMatch does (RFC 4517 §4.2.15).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dn {}
