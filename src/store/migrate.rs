//! The schema version of a file, and the ladder that brings an older file to today's: one step a version, each in a
//! transaction of its own.

use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, Table, TableHandle};

use super::redb::TABLE;
use super::{audit, keys, listings, records};
use crate::domain::account::Account;
use crate::domain::audit::AuditRow;
use crate::domain::caller::{Actor, Source};
use crate::domain::time::UnixTime;

/// What goes wrong on the way.
#[derive(Debug)]
pub(super) enum MigrateError {
    /// The file is of a later schema.
    Newer { found: u32, known: u32 },
    /// There are keys, but no schema version that can be read.
    Foreign,
    /// The database fails.
    Storage(redb::Error),
}

type Rows<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// Takes the rows from one schema version to the next.
type Step = fn(&mut Rows<'_>) -> Result<(), redb::Error>;

/// Brings `database` to the schema of this program; an empty one gets it at once.
pub(super) fn bring_up_to_date(database: &Database) -> Result<(), MigrateError> {
    climb(database, LADDER)
}

/// `ladder[n]` leads from version n + 1 to n + 2.
fn climb(database: &Database, ladder: &[Step]) -> Result<(), MigrateError> {
    let known = ladder.len() as u32 + 1;
    let mut version = match read_version(database)? {
        Some(version) if version > known => return Err(MigrateError::Newer { found: version, known }),
        Some(version) => version,
        None => return write_version(database, known, |_| Ok(())),
    };
    while let Some(step) = ladder.get(version as usize - 1) {
        version += 1;
        tracing::info!(version, "the store is brought to a new schema");
        write_version(database, version, step)?;
    }
    Ok(())
}

/// The version that is written; none in an empty file.
fn read_version(database: &Database) -> Result<Option<u32>, MigrateError> {
    let transaction = database.begin_read()?;
    if transaction.list_tables()?.all(|table| table.name() != TABLE.name()) {
        return if transaction.list_tables()?.count() == 0 { Ok(None) } else { Err(MigrateError::Foreign) };
    }
    let table = transaction.open_table(TABLE)?;
    let version = match table.get(keys::meta(SCHEMA_KEY).as_slice())? {
        Some(value) => Some(value.value().try_into().map(u32::from_be_bytes).map_err(|_| MigrateError::Foreign)?),
        None if table.is_empty()? => None,
        None => return Err(MigrateError::Foreign),
    };
    match version {
        Some(0) => Err(MigrateError::Foreign),
        version => Ok(version),
    }
}

fn write_version(database: &Database, version: u32, step: impl Fn(&mut Rows<'_>) -> Result<(), redb::Error>) -> Result<(), MigrateError> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    let mut table = transaction.open_table(TABLE)?;
    step(&mut table)?;
    table.insert(keys::meta(SCHEMA_KEY).as_slice(), version.to_be_bytes().as_slice())?;
    drop(table);
    Ok(transaction.commit()?)
}

impl<E: Into<redb::Error>> From<E> for MigrateError {
    fn from(error: E) -> MigrateError {
        MigrateError::Storage(error.into())
    }
}

/// To schema 2, where a credential says until when it is good. One that was stored before is good for ever, which is a
/// zero at its end.
fn credentials_may_end(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
    each(rows, b"c", |rows, key, mut value| {
        if let Some(format @ 1) = value.first_mut() {
            *format = 2;
            value.push(0);
            rows.insert(key, value.as_slice())?;
        }
        Ok(())
    })
}

/// To schema 3, where each row of the audit is found by whom it is about, and a refused bind says whose name it was. What
/// was written before did not, which is a zero at its end.
fn audit_has_an_index(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
    /// The place of a refused bind among the events of schema 2.
    const BIND_REFUSED: u8 = 1;
    each(rows, b"l", |rows, key, mut value| {
        let Some((format @ 1, row)) = value.split_first_mut() else { return Ok(()) };
        *format = 2;
        let event = postcard::take_from_bytes::<(UnixTime, Actor, Source)>(row).ok().and_then(|(_, event)| event.first().copied());
        if event == Some(BIND_REFUSED) {
            value.push(0);
        }
        rows.insert(key, value.as_slice())?;
        if let (Some(op), Ok(row)) = (keys::audit_op(key), records::decode::<AuditRow, ()>(&value)) {
            for key in audit::index_of(op, &row) {
                rows.insert(key.as_slice(), [].as_slice())?;
            }
        }
        Ok(())
    })
}

/// To schema 4, where people are listed by name and found by words.
fn people_are_listed(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
    each(rows, b"a", |rows, _, value| {
        let account: Account = records::decode::<_, ()>(&value).map_err(|fault| redb::Error::Corrupted(format!("{fault:?}")))?;
        for (key, value) in listings::rows(&account) {
            rows.insert(key.as_slice(), value.as_slice())?;
        }
        Ok(())
    })
}

/// Calls `change` with each row whose key begins with `prefix`, as it was before.
fn each(
    rows: &mut Rows<'_>,
    prefix: &[u8],
    change: impl Fn(&mut Rows<'_>, &[u8], Vec<u8>) -> Result<(), redb::Error>,
) -> Result<(), redb::Error> {
    let (mut from, to) = keys::range(prefix);
    loop {
        let mut page = Vec::new();
        for row in rows.range(from.as_slice()..to.as_slice())?.take(PAGE) {
            let (key, value) = row?;
            page.push((key.value().to_vec(), value.value().to_vec()));
        }
        let Some((last, _)) = page.last() else { return Ok(()) };
        from = keys::next(last);
        for (key, value) in page {
            change(rows, &key, value)?;
        }
    }
}

/// The steps there are.
const LADDER: &[Step] = &[credentials_may_end, audit_has_an_index, people_are_listed];

/// Rows that are looked at together.
const PAGE: usize = 4096;

/// Where the version is kept, in four bytes.
const SCHEMA_KEY: &str = "schema_version";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::account::{Role, Status};
    use crate::domain::audit::{AuditEvent, Class, Reason};
    use crate::domain::credential::{Credential, Verifier};
    use crate::domain::entry::Attributes;
    use crate::domain::id::{Id, OpId};
    use crate::domain::schema::Attribute;
    use crate::store::view::{Key, Value};
    use redb::backends::InMemoryBackend;
    use uuid::Uuid;

    fn empty() -> Database {
        Database::builder().create_with_backend(InMemoryBackend::new()).unwrap()
    }

    fn add_x(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
        rows.insert(b"ax".as_slice(), b"1".as_slice())?;
        Ok(())
    }

    fn rename_x(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
        let old = rows.remove(b"ax".as_slice())?.map(|value| value.value().to_vec());
        rows.insert(b"ay".as_slice(), old.unwrap_or_default().as_slice())?;
        Ok(())
    }

    fn fail(_: &mut Rows<'_>) -> Result<(), redb::Error> {
        Err(redb::Error::DatabaseClosed)
    }

    #[test]
    fn a_new_file_gets_the_latest_version_without_steps() {
        let database = empty();
        climb(&database, &[fail, fail]).unwrap();
        assert_eq!(read_version(&database).unwrap(), Some(3));
    }

    #[test]
    fn an_old_file_climbs_step_by_step_and_stays_where_a_step_fails() {
        let database = empty();
        climb(&database, &[]).unwrap();
        assert!(climb(&database, &[add_x, fail]).is_err());
        assert_eq!(read_version(&database).unwrap(), Some(2));
        climb(&database, &[fail, rename_x]).unwrap();
        assert_eq!(read_version(&database).unwrap(), Some(3));
        let transaction = database.begin_write().unwrap();
        let table = transaction.open_table(TABLE).unwrap();
        assert_eq!(table.get(b"ay".as_slice()).unwrap().unwrap().value(), b"1");
    }

    #[test]
    fn the_credentials_of_schema_1_are_good_for_ever() {
        let database = empty();
        climb(&database, &[]).unwrap();
        // As schema 1 wrote it: the format, a secret's digest, and a time of two bytes.
        let old = |n: u32| [&[1, 1][..], &[n as u8; 32], &[0xAC, 0x02]].concat();
        let accounts = 2 * PAGE as u32 + 5;
        let transaction = database.begin_write().unwrap();
        let mut table = transaction.open_table(TABLE).unwrap();
        for n in 0..accounts {
            table.insert(keys::credential(Id(n.into())).as_slice(), old(n).as_slice()).unwrap();
        }
        for neighbour in [b"b", b"d"] {
            table.insert(neighbour.as_slice(), old(0).as_slice()).unwrap();
        }
        drop(table);
        transaction.commit().unwrap();

        bring_up_to_date(&database).unwrap();
        bring_up_to_date(&database).unwrap();
        assert_eq!(read_version(&database).unwrap(), Some(LADDER.len() as u32 + 1));
        let table = database.begin_read().unwrap().open_table(TABLE).unwrap();
        for n in 0..accounts {
            let value = table.get(keys::credential(Id(n.into())).as_slice()).unwrap().unwrap();
            let expected =
                Credential { verifier: Verifier::SecretDigest([n as u8; 32]), set_at: UnixTime::from_millis(300), good_until: None };
            assert_eq!(records::decode::<Credential, ()>(value.value()), Ok(expected), "{n}");
        }
        for neighbour in [b"b", b"d"] {
            assert_eq!(table.get(neighbour.as_slice()).unwrap().unwrap().value(), old(0));
        }
    }

    /// A row as schema 2 wrote it.
    fn old_row(actor: Actor, event: &[u8]) -> Vec<u8> {
        let head = postcard::to_allocvec(&(UnixTime::from_secs(9), actor, Source::Internal)).unwrap();
        [&[1][..], &head, event].concat()
    }

    #[test]
    fn the_audit_of_schema_2_is_found_by_whom_it_is_about() {
        let database = empty();
        climb(&database, &[credentials_may_end]).unwrap();
        let (at, op) = (UnixTime::from_secs(9), |n: u8| OpId([n; 16]));
        let refused = AuditEvent::BindRefused { name: "uid=ann".into(), reason: Reason::WrongPassword, target: None };
        let old: [(u8, Actor, Vec<u8>, AuditEvent); 3] = [
            (1, Actor::Account(Id(7)), vec![0], AuditEvent::BindSucceeded),
            (2, Actor::Anonymous, [&[1, 7][..], b"uid=ann", &[1]].concat(), refused),
            (3, Actor::Account(Id(7)), vec![2, 8], AuditEvent::PasswordChanged { target: Id(8) }),
        ];
        let transaction = database.begin_write().unwrap();
        let mut table = transaction.open_table(TABLE).unwrap();
        for (n, actor, event, _) in &old {
            table.insert(keys::audit(at, op(*n)).as_slice(), old_row(*actor, event).as_slice()).unwrap();
        }
        drop(table);
        transaction.commit().unwrap();

        bring_up_to_date(&database).unwrap();
        let table = database.begin_read().unwrap().open_table(TABLE).unwrap();
        for (n, actor, _, event) in old {
            let value = table.get(keys::audit(at, op(n)).as_slice()).unwrap().unwrap();
            let expected = AuditRow { at, actor, source: Source::Internal, event };
            assert_eq!(records::decode::<AuditRow, ()>(value.value()), Ok(expected));
        }
        let (from, to) = keys::range(b"L");
        let index: Vec<Vec<u8>> = table.range(from.as_slice()..to.as_slice()).unwrap().map(|row| row.unwrap().0.value().to_vec()).collect();
        let story = |id, class, n| keys::story(id, class, (at, op(n)));
        let expected = [
            story(keys::EVERYBODY, Class::Change, 3),
            story(Id(7), Class::Access, 1),
            story(Id(7), Class::Change, 3),
            story(Id(8), Class::Change, 3),
        ];
        assert_eq!(index, expected);
    }

    #[test]
    fn the_people_of_schema_3_are_listed() {
        let database = empty();
        climb(&database, &LADDER[..2]).unwrap();
        let person = |n: u64| Account { id: Id(n), uid: format!("person{n}"), ..louise() };
        let people = PAGE as u64 + 5;
        let transaction = database.begin_write().unwrap();
        let mut table = transaction.open_table(TABLE).unwrap();
        for n in 0..people {
            table.insert(keys::account(Id(n)).as_slice(), records::encode(&person(n)).as_slice()).unwrap();
        }
        drop(table);
        transaction.commit().unwrap();

        bring_up_to_date(&database).unwrap();
        bring_up_to_date(&database).unwrap();
        let table = database.begin_read().unwrap().open_table(TABLE).unwrap();
        let expected: BTreeMap<Key, Value> = (0..people).flat_map(|n| listings::rows(&person(n))).collect();
        for (prefix, rows) in [(b"N", people), (b"W", 2 * people)] {
            let (from, to) = keys::range(prefix);
            let found: Vec<_> = table.range(from.as_slice()..to.as_slice()).unwrap().map(Result::unwrap).collect();
            assert_eq!(found.len() as u64, rows);
            assert!(found.iter().all(|(key, value)| expected.get(key.value()).map(Vec::as_slice) == Some(value.value())));
        }
    }

    fn louise() -> Account {
        let mut attributes = Attributes::default();
        attributes.set(Attribute::Sn, vec!["Michel".into()]);
        Account {
            id: Id(0),
            entry_uuid: Uuid::nil(),
            uid: "louise".into(),
            role: Role::User,
            status: Status::Active,
            expires_at: None,
            uid_number: 10_000,
            gid_number: 100,
            created_at: UnixTime::default(),
            modified_at: UnixTime::default(),
            password_changed_at: None,
            must_change: false,
            attributes,
        }
    }

    #[test]
    fn a_newer_file_is_refused() {
        let database = empty();
        climb(&database, &[add_x]).unwrap();
        assert!(matches!(climb(&database, &[]), Err(MigrateError::Newer { found: 2, known: 1 })));
    }

    #[test]
    fn keys_without_a_version_are_somebody_elses() {
        let database = empty();
        let transaction = database.begin_write().unwrap();
        add_x(&mut transaction.open_table(TABLE).unwrap()).unwrap();
        transaction.commit().unwrap();
        assert!(matches!(climb(&database, &[]), Err(MigrateError::Foreign)));
    }
}
