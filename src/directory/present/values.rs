//! The values of each attribute, computed from the record and its memberships.

use super::{Presented, Read};
use crate::directory::off_the_io_threads;
use crate::directory::target::look;
use crate::domain::account::{Account, Status};
use crate::domain::entry::{Attributes, Value};
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::domain::tree::Branch;
use crate::store::view::MAX_SCAN;
use crate::store::{accounts, failures, groups, keys, memberships};

impl Presented<'_, '_, '_> {
    pub(super) fn has_subordinates(&mut self) -> Read<Vec<Value>> {
        let has = match self.record {
            Record::Suffix => true,
            Record::Branch(branch) => self.is_populated(*branch)?,
            Record::Account(_) | Record::Service(_) | Record::Group(_) => false,
        };
        Ok(one(boolean(has)))
    }

    fn is_populated(&mut self, branch: Branch) -> Read<bool> {
        let (from, to) = keys::range(&match branch {
            Branch::People => keys::login(""),
            Branch::Services => keys::service_login(""),
            Branch::Groups => keys::group_names(GroupKind::Group),
            Branch::Teams => keys::group_names(GroupKind::Team),
        });
        Ok(!self.view.scan(&from, &to, 1)?.is_empty())
    }

    pub(super) fn of_suffix(&self, attribute: Attribute) -> Vec<Value> {
        match attribute {
            Attribute::Dc => self
                .context
                .settings
                .tree
                .suffix()
                .rdns()
                .first()
                .and_then(|rdn| rdn.value_of(&[Attribute::Dc]))
                .map(one)
                .unwrap_or_default(),
            Attribute::O => one(&self.context.settings.organisation),
            _ => Vec::new(),
        }
    }

    pub(super) fn of_account(&mut self, account: &Account, attribute: Attribute) -> Read<Vec<Value>> {
        let settings = self.context.settings;
        Ok(match attribute {
            Attribute::HomeDirectory => stored_or(&account.attributes, attribute, || settings.posix.home.replace("{uid}", &account.uid)),
            Attribute::LoginShell => stored_or(&account.attributes, attribute, || settings.posix.shell.clone()),
            Attribute::DepartmentNumber => self.team_name(account.id)?,
            Attribute::MemberOf => self.member_of(account.id)?,
            Attribute::PwdAccountLockedTime => self.locked_until(account.id)?,
            Attribute::AccountStatus => one(account.status_word(self.context.now)),
            Attribute::NsAccountLock | Attribute::LoginDisabled => one(boolean(!account.is_usable(self.context.now))),
            Attribute::UserAccountControl => one(account_control(account.is_usable(self.context.now)).to_string()),
            _ if attribute.names_people() => self.people(&account.people_named(attribute))?,
            _ => self.record.values(attribute),
        })
    }

    pub(super) fn of_service(&mut self, service: &ServiceAccount, attribute: Attribute) -> Read<Vec<Value>> {
        Ok(match attribute {
            Attribute::PwdAccountLockedTime => self.locked_until(service.id)?,
            Attribute::NsAccountLock | Attribute::LoginDisabled => one(boolean(service.status == Status::Disabled)),
            Attribute::BinderyLimitedTo => match service.limited_to {
                Some(group) => self.group_dns(&[group], |_| true)?,
                None => Vec::new(),
            },
            _ => self.record.values(attribute),
        })
    }

    pub(super) fn of_group(&mut self, group: &Group, attribute: Attribute) -> Read<Vec<Value>> {
        Ok(match attribute {
            Attribute::Member | Attribute::UniqueMember | Attribute::MemberUid => self.members(group.id, attribute)?,
            Attribute::Owner => {
                let mut owners = Vec::new();
                for id in &group.owners {
                    if let Some(account) = accounts::load(self.view, *id)? {
                        owners.push(self.context.settings.tree.account_dn(&account.uid).into_bytes());
                    }
                }
                owners
            }
            _ => self.record.values(attribute),
        })
    }

    /// The DNs of those of `ids` whom the subject may see.
    fn people(&mut self, ids: &[Id]) -> Read<Vec<Value>> {
        let mut dns = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(account) = self.seen_person(*id)? {
                dns.push(self.context.settings.tree.account_dn(&account.uid).into_bytes());
            }
        }
        Ok(dns)
    }

    /// The person `id`, if they are still there and the subject may see them.
    pub(super) fn seen_person(&mut self, id: Id) -> Read<Option<Account>> {
        let Some(account) = accounts::load(self.view, id)? else { return Ok(None) };
        let record = Record::Account(account);
        let sight = look(self.view, self.context.subject, &record, &self.context.settings.access)?;
        match (record, sight) {
            (Record::Account(account), Some(_)) => Ok(Some(account)),
            _ => Ok(None),
        }
    }

    fn team_name(&mut self, account: Id) -> Read<Vec<Value>> {
        Ok(memberships::team_of(self.view, account)?.map(|team| one(team.cn)).unwrap_or_default())
    }

    /// The groups and teams of an account. A service that is limited to a group learns of that one alone.
    fn member_of(&mut self, account: Id) -> Read<Vec<Value>> {
        let groups = memberships::of_account(self.view, account)?;
        let limited_to = self.context.subject.limited_to();
        self.group_dns(&groups, |id| limited_to.is_none_or(|only| only == id))
    }

    fn group_dns(&mut self, ids: &[Id], wanted: impl Fn(Id) -> bool) -> Read<Vec<Value>> {
        let mut dns = Vec::with_capacity(ids.len());
        for id in ids.iter().copied().filter(|id| wanted(*id)) {
            if let Some(group) = groups::load(self.view, id)? {
                dns.push(self.context.settings.tree.group_dn(group.kind, &group.cn).into_bytes());
            }
        }
        Ok(dns)
    }

    /// The members of a group that the subject may see, by DN or by login; [`MAX_LISTED_MEMBERS`] at most.
    fn members(&mut self, group: Id, attribute: Attribute) -> Read<Vec<Value>> {
        let mut values = Vec::new();
        let mut from = Some(Id(0));
        while let Some(start) = from.filter(|_| values.len() < MAX_LISTED_MEMBERS) {
            let page = memberships::members(self.view, group, start, MEMBERS_A_PAGE)?;
            from = page.last().filter(|_| page.len() == MEMBERS_A_PAGE).and_then(|last| last.0.checked_add(1)).map(Id);
            match from {
                Some(_) => off_the_io_threads(|| self.member_values(&page, attribute, &mut values))?,
                None => self.member_values(&page, attribute, &mut values)?,
            }
        }
        Ok(values)
    }

    fn member_values(&mut self, page: &[Id], attribute: Attribute, values: &mut Vec<Value>) -> Read<()> {
        for id in page {
            let Some(account) = accounts::load(self.view, *id)? else { continue };
            values.push(match attribute {
                Attribute::MemberUid => account.uid.into_bytes(),
                _ => self.context.settings.tree.account_dn(&account.uid).into_bytes(),
            });
        }
        Ok(())
    }

    fn locked_until(&mut self, id: Id) -> Read<Vec<Value>> {
        let until = failures::load(self.view, id)?.and_then(|failures| failures.refused_until).filter(|until| *until > self.context.now);
        Ok(until.map(|until| one(until.generalized())).unwrap_or_default())
    }
}

/// A single value.
pub(super) fn one(value: impl Into<String>) -> Vec<Value> {
    vec![value.into().into_bytes()]
}

fn stored_or(attributes: &Attributes, attribute: Attribute, default: impl FnOnce() -> String) -> Vec<Value> {
    let stored = attributes.values(attribute);
    if stored.is_empty() { one(default()) } else { stored.to_vec() }
}

/// `userAccountControl` as Active Directory has it, of which clients look at one bit.
fn account_control(usable: bool) -> u32 {
    if usable { NORMAL_ACCOUNT } else { NORMAL_ACCOUNT | ACCOUNT_DISABLE }
}

fn boolean(fact: bool) -> &'static str {
    if fact { "TRUE" } else { "FALSE" }
}

/// ADS_UF_NORMAL_ACCOUNT.
const NORMAL_ACCOUNT: u32 = 512;

/// ADS_UF_ACCOUNTDISABLE.
const ACCOUNT_DISABLE: u32 = 2;

/// The members of a group that one entry lists.
const MAX_LISTED_MEMBERS: usize = 100_000;

/// Members that are listed at a time; a group of more is listed off the threads that others wait for.
const MEMBERS_A_PAGE: usize = 1024;

const _: () = assert!(MEMBERS_A_PAGE <= MAX_SCAN, "one scan gives a page");
