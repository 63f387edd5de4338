//! What has happened to one account of late, for its own page: who came in with it, and what was changed.

use std::ops::Range;

use super::{Names, ToldRow};
use crate::directory::letters::language_of;
use crate::directory::subject::subject;
use crate::directory::{Caller, Directory, LookError};
use crate::domain::access::{self, PersonSubject, Subject};
use crate::domain::audit::{AuditEvent, Class};
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::store::trail::{Lanes, newest};
use crate::store::{Stop, View, accounts, memberships};

/// What has happened to one account of late, the newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recent {
    /// Who came in with it, or tried to; the same from the same place once.
    pub sign_ins: Vec<Repeated>,
    /// What was changed.
    pub changes: Vec<ToldRow>,
}

/// The last of some events that are all the same but for their times.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeated {
    /// The last of them.
    pub told: ToldRow,
    /// How many of them there are among the latest that were looked at.
    pub times: usize,
}

/// What somebody sees of their own account.
#[derive(Clone, Debug, PartialEq)]
pub struct MyDetails {
    /// Their login.
    pub login: String,
    /// Their mail addresses.
    pub mails: Vec<String>,
    /// The name of their team.
    pub team: Option<String>,
    /// When the password was last set.
    pub password_changed_at: Option<UnixTime>,
    /// The language that the account names: mails are written in it.
    pub language: Option<Language>,
}

impl Directory {
    /// What `caller`, a person, sees of their own account.
    ///
    /// # Errors
    /// [`LookError::Denied`] for whoever is no person who may be here, [`LookError::Unavailable`].
    pub async fn my_details(&self, caller: &Caller) -> Result<MyDetails, LookError> {
        let now = self.clock.now();
        let rule = |view: &mut View<'_>| {
            let Subject::Account(PersonSubject { id, .. }) = subject(view, caller, now)? else { return Err(Stop::Rule(LookError::Denied)) };
            let account = accounts::load(view, id)?.ok_or(Stop::Rule(LookError::Denied))?;
            let mails = account.attributes.values(Attribute::Mail).iter().map(|mail| String::from_utf8_lossy(mail).into_owned());
            Ok(MyDetails {
                mails: mails.collect(),
                team: memberships::team_of(view, id)?.map(|team| team.cn),
                password_changed_at: account.password_changed_at,
                language: language_of(&account),
                login: account.uid,
            })
        };
        self.store.read(rule).await.map_err(LookError::from)
    }

    /// What has happened to the account `id` of late: for itself, and for administrators.
    ///
    /// # Errors
    /// [`LookError::Denied`] for everybody else.
    pub async fn recent(&self, caller: &Caller, id: Id) -> Result<Recent, LookError> {
        self.write_counts_so_far();
        let now = self.clock.now();
        let rule = |view: &mut View<'_>| {
            let subject = subject(view, caller, now)?;
            let own = matches!(&subject, Subject::Account(person) if person.id == id);
            if !own && !access::administers(&subject) {
                return Err(Stop::Rule(LookError::Denied));
            }
            let mut names = Names::default();
            Ok(Recent { sign_ins: sign_ins(view, id, &mut names)?, changes: changes(view, id, &mut names)? })
        };
        self.store.read(rule).await.map_err(LookError::from)
    }
}

fn sign_ins<E>(view: &mut View<'_>, id: Id, names: &mut Names) -> Result<Vec<Repeated>, Stop<E>> {
    let mut seen: Vec<Repeated> = Vec::new();
    for (_, row) in newest(view, &Lanes::about(&[id], &[Class::Access, Class::Refusal]), ALWAYS, None)?.rows {
        let is_sign_in = matches!(
            row.event,
            AuditEvent::BindSucceeded | AuditEvent::SignedIn | AuditEvent::BindRefused { .. } | AuditEvent::SignInRefused { .. }
        );
        let same = seen.iter().position(|seen| seen.told.row.event == row.event && seen.told.row.source == row.source);
        match same {
            Some(same) => seen[same].times += row.times as usize,
            None if is_sign_in && seen.len() < SIGN_INS => {
                let times = row.times as usize;
                seen.push(Repeated { told: names.tell(view, row)?, times });
            }
            None => {}
        }
    }
    Ok(seen)
}

fn changes<E>(view: &mut View<'_>, id: Id, names: &mut Names) -> Result<Vec<ToldRow>, Stop<E>> {
    let rows = newest(view, &Lanes::about(&[id], &[Class::Change]), ALWAYS, None)?.rows;
    // What was done to this account, not what its owner did to others.
    let own = rows.into_iter().map(|(_, row)| row).filter(|row| row.event.target() == Some(id));
    own.take(CHANGES).map(|row| names.tell(view, row)).collect()
}

/// From the first row to the last.
const ALWAYS: Range<UnixTime> = UnixTime::from_millis(0)..UnixTime::from_millis(u64::MAX);

/// Sign-ins that are told.
const SIGN_INS: usize = 8;

/// Changes that are told.
const CHANGES: usize = 8;
