//! Add, Modify, Delete and ModifyDN (RFC 4511 §4.6 to §4.9).

use ldap3_proto::proto::{LdapAddRequest, LdapModifyDNRequest, LdapModifyRequest};

use super::codec::response::Reply;
use super::codec::result::{LdapResult, ResultCode};
use super::convert;
use super::session::{Session, confidentiality_required};
use crate::directory::ChangeError;
use crate::domain::schema::Attribute;

impl Session {
    /// Adds an entry.
    pub(super) async fn add(&self, request: LdapAddRequest) -> Reply {
        let attributes: Vec<_> = request.attributes.into_iter().map(|attribute| (attribute.atype, attribute.vals)).collect();
        if attributes.iter().any(|(name, _)| is_password(name)) && !self.is_confidential() {
            return confidentiality_required().into();
        }
        let dn = match convert::dn(&request.dn) {
            Ok(dn) => dn,
            Err(result) => return result.into(),
        };
        reply(self.service.directory.add(&self.caller, &dn, attributes).await)
    }

    /// Changes an entry; a password among other attributes.
    pub(super) async fn modify(&mut self, request: LdapModifyRequest) -> Reply {
        let changes = convert::changes(request.changes);
        if changes.iter().any(|change| is_password(&change.attribute)) && !self.is_confidential() {
            return confidentiality_required().into();
        }
        let dn = match convert::dn(&request.dn) {
            Ok(dn) => dn,
            Err(result) => return result.into(),
        };
        let done = self.service.directory.modify(&self.caller, &dn, changes).await;
        if done.is_ok() {
            // While it must be changed, nothing but one's own password can be.
            self.caller.must_change = false;
        }
        reply(done)
    }

    /// Deletes an entry.
    pub(super) async fn delete(&self, dn: &str) -> Reply {
        match convert::dn(dn) {
            Ok(dn) => reply(self.service.directory.delete(&self.caller, &dn).await),
            Err(result) => result.into(),
        }
    }

    /// Renames an entry. The old name is the entry's only one, so it cannot be kept beside the new one.
    pub(super) async fn rename(&self, request: &LdapModifyDNRequest) -> Reply {
        if !request.deleteoldrdn {
            return LdapResult::new(ResultCode::UnwillingToPerform, "the old name cannot be kept: ask with deleteoldrdn (ldapmodrdn -r)")
                .into();
        }
        let names = (convert::dn(&request.dn), request.new_superior.as_deref().map(convert::dn).transpose());
        let (dn, superior) = match names {
            (Ok(dn), Ok(superior)) => (dn, superior),
            (Err(result), _) | (_, Err(result)) => return result.into(),
        };
        reply(self.service.directory.rename(&self.caller, &dn, &request.newrdn, superior.as_ref()).await)
    }
}

fn reply(done: Result<(), ChangeError>) -> Reply {
    done.map_or_else(LdapResult::from, |()| LdapResult::success()).into()
}

fn is_password(name: &str) -> bool {
    Attribute::named(name) == Some(Attribute::UserPassword)
}
