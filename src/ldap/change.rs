//! Add, Modify, Delete and ModifyDN (RFC 4511 §4.6 to §4.9): each becomes an edit of the directory, and its outcome a
//! result.

use ldap3_proto::proto::LdapModifyDNRequest;

use super::codec::request::{Add, Modify};
use super::codec::response::Reply;
use super::codec::result::{LdapResult, ResultCode};
use super::convert;
use super::session::{Session, confidentiality_required};
use crate::directory::{Change, Edit, EditError, SentAttribute, Target};
use crate::domain::schema::Attribute;

impl Session {
    /// Adds an entry.
    pub(super) async fn add(&self, request: Add) -> Reply {
        if request.attributes.iter().any(is_password) && !self.is_confidential() {
            return confidentiality_required().into();
        }
        match convert::dn(&request.entry) {
            Ok(dn) => self.edit(Edit::adding(dn, request.attributes)).await,
            Err(result) => result.into(),
        }
    }

    /// Changes an entry; a password among other attributes.
    pub(super) async fn modify(&mut self, request: Modify) -> Reply {
        if request.changes.iter().any(|change| is_password(&change.attribute)) && !self.is_confidential() {
            return confidentiality_required().into();
        }
        let dn = match convert::dn(&request.entry) {
            Ok(dn) => dn,
            Err(result) => return result.into(),
        };
        let own = request.changes.iter().any(|change| is_password(&change.attribute)) && self.is_own(Target::Dn(dn.clone())).await;
        let done = self.service.directory.edit(&self.caller, Edit::modifying(dn, request.changes)).await;
        if done.is_ok() {
            // While it must be changed, nothing but one's own password can be.
            self.caller.must_change = false;
            if own {
                self.keep_after_own_change().await;
            }
        }
        done.map_or_else(LdapResult::from, |_| LdapResult::success()).into()
    }

    /// Deletes an entry.
    pub(super) async fn delete(&self, dn: &str) -> Reply {
        match convert::dn(dn) {
            Ok(dn) => self.edit(Edit::new(Target::Dn(dn), vec![Change::Delete])).await,
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
        self.edit(Edit::renaming(self.service.directory.tree(), dn, &request.newrdn, superior.as_ref())).await
    }

    async fn edit(&self, edit: Edit) -> Reply {
        let done = self.service.directory.edit(&self.caller, edit).await;
        done.map_or_else(LdapResult::from, |_| LdapResult::success()).into()
    }
}

/// Whether it is a password, whatever its options: one that is refused later must not travel in clear either.
fn is_password(attribute: &SentAttribute) -> bool {
    let name = attribute.description.split(';').next().unwrap_or_default();
    Attribute::named(name) == Some(Attribute::UserPassword)
}

impl From<EditError> for LdapResult {
    fn from(error: EditError) -> LdapResult {
        match error {
            EditError::NotFound(matched) => LdapResult::no_such_object(matched),
            EditError::Denied(denial) => LdapResult::new(ResultCode::InsufficientAccessRights, denial.to_string()),
            EditError::BindFirst => LdapResult::bind_first(),
            EditError::MustChange => LdapResult::must_change(),
            EditError::OldPasswordRequired => LdapResult::old_required(
                "to change your own password, delete the old value of userPassword and add the new one, in a request of its own",
            ),
            EditError::Faults(faults) => faults.first().map_or_else(LdapResult::unavailable, LdapResult::of_fault),
            EditError::Stale | EditError::Busy => LdapResult::busy(),
            EditError::Unavailable => LdapResult::unavailable(),
        }
    }
}
