//! Applications as administrators see them on the pages. How they are changed is `edit`'s.

#[cfg(test)]
mod tests;

use super::subject::check_administers;
use super::{Caller, Directory, LookError, target};
use crate::domain::account::Status;
use crate::domain::audit::Class;
use crate::domain::caller::Source;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::store::{Stop, View, credentials, groups, services, trail};

/// An application.
#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    /// Its name in the store.
    pub id: Id,
    /// What it is called, and binds as.
    pub name: String,
    /// The DN it binds with.
    pub dn: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The name of the one group that it sees; none: it sees everybody. Empty: the group is there no more, and it sees
    /// nobody.
    pub limited_to: Option<String>,
    /// Whether it may set people's passwords.
    pub may_reset_passwords: bool,
    /// Whether it may bind.
    pub is_active: bool,
    /// When it was made.
    pub created_at: UnixTime,
    /// What a form has to show, so that nothing is overwritten that somebody else has changed meanwhile.
    pub seen: String,
    /// When anything but its secret last changed.
    pub modified_at: UnixTime,
    /// When its secret was set; none: it has none.
    pub secret_set_at: Option<UnixTime>,
    /// Until when attempts to bind are refused unseen.
    pub throttled_until: Option<UnixTime>,
    /// When it last got in, as far back as the audit goes.
    pub used: Option<Used>,
}

/// When and where from an application got in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// When.
    pub at: UnixTime,
    /// Where from.
    pub from: Source,
}

/// Some applications, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApplicationsPage {
    /// At most [`PAGE`].
    pub applications: Vec<Application>,
    /// The name behind which the next page begins, if there is one.
    pub next: Option<String>,
}

impl Directory {
    /// The applications behind the one that is called `after`; empty: from the first on. Current, but for when they were
    /// used, which may lag behind by a moment.
    ///
    /// # Errors
    /// [`LookError::Denied`] for who is no administrator.
    pub async fn applications(&self, caller: &Caller, after: &str) -> Result<ApplicationsPage, LookError> {
        let (now, after) = (self.clock.now(), crate::domain::tree::fold(after));
        let rule = |view: &mut View<'_>| {
            check_administers(view, caller, now, LookError::Denied)?;
            let ids = services::by_name(view, &after, PAGE + 1)?;
            let mut page = ApplicationsPage::default();
            for id in ids.iter().take(PAGE) {
                page.applications.extend(self.application_of(view, *id)?);
            }
            if ids.len() > PAGE {
                page.next = page.applications.last().map(|application| application.name.clone());
            }
            Ok(page)
        };
        self.store.read(rule).await.map_err(LookError::from)
    }

    /// The application `id`. As current as [`Directory::applications`].
    ///
    /// # Errors
    /// [`LookError::Denied`] for who is no administrator, [`LookError::NotFound`].
    pub async fn application(&self, caller: &Caller, id: Id) -> Result<Application, LookError> {
        let now = self.clock.now();
        let rule = |view: &mut View<'_>| {
            check_administers(view, caller, now, LookError::Denied)?;
            self.application_of(view, id)?.ok_or(Stop::Rule(LookError::NotFound))
        };
        self.store.read(rule).await.map_err(LookError::from)
    }

    fn application_of<E>(&self, view: &mut View<'_>, id: Id) -> Result<Option<Application>, Stop<E>> {
        let Some(service) = services::load(view, id)? else { return Ok(None) };
        let limited_to = match service.limited_to {
            Some(group) => Some(groups::load(view, group)?.map(|group| group.cn).unwrap_or_default()),
            None => None,
        };
        let used = trail::latest(view, id, Class::Access)?.map(|row| Used { at: row.at, from: row.source });
        Ok(Some(Application {
            id,
            dn: self.settings.tree.service_dn(&service.uid),
            seen: target::seen(view, &Record::Service(service.clone()))?,
            description: service.attributes.text(Attribute::Description).unwrap_or_default().to_owned(),
            limited_to,
            may_reset_passwords: service.may_reset_passwords,
            is_active: service.status == Status::Active,
            created_at: service.created_at,
            modified_at: service.modified_at,
            secret_set_at: credentials::load(view, id)?.map(|credential| credential.set_at),
            throttled_until: self.throttled_until(view, id, self.clock.now())?,
            used,
            name: service.uid,
        }))
    }
}

/// Applications of a page.
const PAGE: usize = 50;
