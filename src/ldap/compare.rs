//! Compare (RFC 4511 §4.10).

use ldap3_proto::proto::LdapCompareRequest;

use super::codec::response::Reply;
use super::codec::result::{LdapResult, ResultCode};
use super::convert;
use super::session::Session;
use crate::directory::Compared;

impl Session {
    /// Whether an entry has a value.
    pub(super) async fn compare(&self, request: &LdapCompareRequest) -> Reply {
        let dn = match convert::dn(&request.dn) {
            Ok(dn) => dn,
            Err(result) => return result.into(),
        };
        match self.service.directory.compare(&self.caller, &dn, &request.atype, &request.val).await {
            Ok(Compared::True) => LdapResult::new(ResultCode::CompareTrue, "").into(),
            Ok(Compared::False) => LdapResult::new(ResultCode::CompareFalse, "").into(),
            Err(error) => LdapResult::from(error).into(),
        }
    }
}
