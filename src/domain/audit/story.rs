//! By what the rows of the audit are found again: which sort of event it is, and whom it is about.

use super::{Actor, AuditEvent, AuditRow};
use crate::domain::id::Id;

/// The three sorts of events, by what they are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Somebody came in, or left.
    Access,
    /// Something was refused.
    Refusal,
    /// Something is not as it was before, or is about to be.
    Change,
}

impl Class {
    /// Each of them.
    pub const ALL: [Class; 3] = [Class::Access, Class::Refusal, Class::Change];
}

impl AuditEvent {
    /// Which sort it is of.
    pub fn class(&self) -> Class {
        match self {
            AuditEvent::BindSucceeded | AuditEvent::SignedIn | AuditEvent::SignedOut => Class::Access,
            AuditEvent::BindRefused { .. }
            | AuditEvent::PasswordRefused { .. }
            | AuditEvent::ChangeRefused { .. }
            | AuditEvent::ResetRefused { .. }
            | AuditEvent::LinkRefused { .. }
            | AuditEvent::SignInRefused { .. }
            | AuditEvent::RefusalsFolded => Class::Refusal,
            AuditEvent::PasswordChanged { .. }
            | AuditEvent::Added { .. }
            | AuditEvent::Modified { .. }
            | AuditEvent::Renamed { .. }
            | AuditEvent::Deleted { .. }
            | AuditEvent::ResetRequested { .. }
            | AuditEvent::ResetMailed { .. }
            | AuditEvent::ResetRedeemed { .. }
            | AuditEvent::ResetRevoked { .. }
            | AuditEvent::MailGivenUp { .. }
            | AuditEvent::MailDropped { .. }
            | AuditEvent::MailRetried { .. }
            | AuditEvent::SessionsEnded { .. }
            | AuditEvent::MailQueued { .. }
            | AuditEvent::AuditExported => Class::Change,
        }
    }

    /// Whom or what it happened to, where it is known and is not the one who acted.
    pub fn target(&self) -> Option<Id> {
        match self {
            AuditEvent::PasswordChanged { target }
            | AuditEvent::Added { target, .. }
            | AuditEvent::Modified { target, .. }
            | AuditEvent::Renamed { target, .. }
            | AuditEvent::Deleted { target, .. }
            | AuditEvent::ResetMailed { target }
            | AuditEvent::ResetRedeemed { target, .. }
            | AuditEvent::ResetRevoked { target }
            | AuditEvent::SessionsEnded { target }
            | AuditEvent::MailQueued { target, .. } => Some(*target),
            AuditEvent::BindRefused { target, .. }
            | AuditEvent::PasswordRefused { target, .. }
            | AuditEvent::ResetRequested { target }
            | AuditEvent::ResetRefused { target, .. }
            | AuditEvent::SignInRefused { target, .. }
            | AuditEvent::MailGivenUp { target, .. }
            | AuditEvent::MailDropped { target, .. }
            | AuditEvent::MailRetried { target, .. } => *target,
            AuditEvent::BindSucceeded
            | AuditEvent::ChangeRefused { .. }
            | AuditEvent::LinkRefused { .. }
            | AuditEvent::SignedIn
            | AuditEvent::SignedOut
            | AuditEvent::AuditExported
            | AuditEvent::RefusalsFolded => None,
        }
    }
}

impl AuditRow {
    /// Whom it is about: who acted and whom it happened to, each once.
    pub fn about(&self) -> impl Iterator<Item = Id> + use<> {
        let actor = self.actor.id();
        let target = self.event.target().filter(|target| Some(*target) != actor);
        // The tree's own entries have no record, and no story of their own.
        actor.into_iter().chain(target).filter(|id| *id != Id(0))
    }
}

impl Actor {
    /// Its name in the store, if it has one.
    pub fn id(self) -> Option<Id> {
        match self {
            Actor::Account(id) | Actor::Service(id) => Some(id),
            Actor::Anonymous | Actor::System => None,
        }
    }
}
