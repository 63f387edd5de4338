//! A few people, an application, a group and a team.

use bindery::domain::account::{Account, Role, Status};
use bindery::domain::credential::{Credential, Verifier};
use bindery::domain::entry::Attributes;
use bindery::domain::group::{Group, GroupKind};
use bindery::domain::id::Id;
use bindery::domain::schema::Attribute;
use bindery::domain::service::ServiceAccount;
use bindery::domain::time::UnixTime;
use bindery::secret::Secret;
use bindery::store::{Stop, Store, View, accounts, groups, keys, memberships, records, services};
use uuid::Uuid;

use super::at_once::at_once;
use super::refused::Refused;

pub const ADMINISTRATOR: Id = Id(1);
pub const USER: Id = Id(2);
pub const MANAGER: Id = Id(3);
pub const APPLICATION: Id = Id(4);
const STAFF: Id = Id(5);
const SALES: Id = Id(6);

/// A store with all of them; the password of each is `secret`.
pub fn store() -> Store {
    let store = Store::in_memory();
    at_once(store.run(fill)).expect("it is empty");
    store
}

fn fill(view: &mut View<'_>) -> Result<(), Stop<Refused>> {
    for (id, uid, role) in [(ADMINISTRATOR, "admin", Role::Administrator), (USER, "louisem", Role::User), (MANAGER, "paulg", Role::Manager)]
    {
        accounts::add(view, &account(id, uid, role))?;
    }
    let application = ServiceAccount {
        id: APPLICATION,
        entry_uuid: Uuid::from_u128(4),
        uid: "nextcloud".into(),
        status: Status::Active,
        limited_to: None,
        may_reset_passwords: true,
        created_at: UnixTime::default(),
        modified_at: UnixTime::default(),
        attributes: Attributes::default(),
    };
    services::add(view, &application)?;
    for group in [group(STAFF, GroupKind::Group, "staff"), group(SALES, GroupKind::Team, "sales")] {
        groups::add(view, &group)?;
        memberships::add(view, &group, USER)?;
    }
    let verifier = Verifier::secret_digest(&Secret::new(b"secret"));
    for id in [ADMINISTRATOR, USER, MANAGER, APPLICATION] {
        let credential = Credential { verifier: verifier.clone(), set_at: UnixTime::default(), good_until: None };
        view.put(keys::credential(id), records::encode(&credential));
    }
    Ok(())
}

fn account(id: Id, uid: &str, role: Role) -> Account {
    let mut attributes = Attributes::default();
    for (attribute, value) in
        [(Attribute::Cn, uid.to_owned()), (Attribute::Sn, uid.to_owned()), (Attribute::Mail, format!("{uid}@example.org"))]
    {
        attributes.set(attribute, vec![value.into()]);
    }
    Account {
        id,
        entry_uuid: Uuid::from_u128(id.0.into()),
        uid: uid.into(),
        role,
        status: Status::Active,
        expires_at: None,
        uid_number: 10_000 + id.0 as u32,
        gid_number: 100,
        created_at: UnixTime::default(),
        modified_at: UnixTime::default(),
        password_changed_at: None,
        must_change: false,
        attributes,
    }
}

fn group(id: Id, kind: GroupKind, cn: &str) -> Group {
    Group {
        id,
        kind,
        entry_uuid: Uuid::from_u128(id.0.into()),
        cn: cn.into(),
        gid_number: 20_000 + id.0 as u32,
        owners: if kind == GroupKind::Team { vec![MANAGER] } else { Vec::new() },
        created_at: UnixTime::default(),
        modified_at: UnixTime::default(),
        attributes: Attributes::default(),
    }
}
