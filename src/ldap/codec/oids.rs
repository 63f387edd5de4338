//! The extended operations that are offered.

use ldap3_proto::proto::{OID_PASSWORD_MODIFY, OID_WHOAMI};

/// RFC 4532.
pub const WHO_AM_I: &str = OID_WHOAMI;
/// RFC 3062.
pub const PASSWORD_MODIFY: &str = OID_PASSWORD_MODIFY;
/// RFC 4511 §4.14.
pub const START_TLS: &str = "1.3.6.1.4.1.1466.20037";
