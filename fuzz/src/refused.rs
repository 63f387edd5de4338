//! That a rule said no; why is not looked at.

use bindery::store::accounts::AccountError;
use bindery::store::credentials::CredentialError;
use bindery::store::groups::GroupError;
use bindery::store::memberships::MembershipError;
use bindery::store::outbox::OutboxError;
use bindery::store::resets::GrantError;
use bindery::store::services::ServiceError;

#[derive(Debug, PartialEq)]
pub struct Refused;

macro_rules! refused {
    ($($error:ty),*) => { $(impl From<$error> for Refused {
        fn from(_: $error) -> Refused {
            Refused
        }
    })* };
}

refused!(AccountError, CredentialError, GroupError, GrantError, MembershipError, OutboxError, ServiceError);
