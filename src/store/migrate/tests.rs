//! The ladder, and each of its steps on what the schema before wrote, in octets.

use redb::ReadableTable;
use redb::backends::InMemoryBackend;
use uuid::Uuid;

use super::*;
use crate::domain::audit::AuditRow;
use crate::store::records;

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

/// A file of `schema` with `rows`.
fn file(schema: usize, rows: impl IntoIterator<Item = Row>) -> Database {
    let database = empty();
    climb(&database, &LADDER[..schema - 1]).unwrap();
    let transaction = database.begin_write().unwrap();
    let mut table = transaction.open_table(TABLE).unwrap();
    for (key, value) in rows {
        table.insert(key.as_slice(), value.as_slice()).unwrap();
    }
    drop(table);
    transaction.commit().unwrap();
    database
}

/// The rows that begin with `prefix`, once the file has climbed to `schema`; that may be done twice.
fn climbed(database: &Database, schema: usize, prefix: &[u8]) -> Vec<Row> {
    climb(database, &LADDER[..schema - 1]).unwrap();
    climb(database, &LADDER[..schema - 1]).unwrap();
    assert_eq!(read_version(database).unwrap(), Some(schema as u32));
    let table = database.begin_read().unwrap().open_table(TABLE).unwrap();
    let (from, to) = keys::range(prefix);
    let rows = table.range(from.as_slice()..to.as_slice()).unwrap().map(Result::unwrap);
    rows.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())).collect()
}

type Row = (Vec<u8>, Vec<u8>);

#[test]
fn the_credentials_of_schema_1_are_good_for_ever() {
    // The format, a secret's digest, and a time of two bytes.
    let old = |n: u64| [&[1, 1][..], &[n as u8; 32], &[0xAC, 0x02]].concat();
    let key = |n: u64| [b"c".as_slice(), &n.to_be_bytes()].concat();
    let accounts = 2 * rows::PAGE as u64 + 5;
    let neighbours = [(b"b".to_vec(), old(0)), (b"d".to_vec(), old(0))];
    let database = file(1, (0..accounts).map(|n| (key(n), old(n))).chain(neighbours.clone()));

    let new = |n: u64| [&[2, 1][..], &[n as u8; 32], &[0xAC, 0x02, 0]].concat();
    let expected: Vec<Row> = (0..accounts).map(|n| (key(n), new(n))).collect();
    assert_eq!(climbed(&database, 2, b"c"), expected);
    for (key, value) in neighbours {
        assert_eq!(climbed(&database, 2, &key), [(key, value)]);
    }
}

#[test]
fn the_audit_of_schema_2_is_found_by_whom_it_is_about() {
    const ACCOUNT_7: &[u8] = &[1, 7];
    const ANONYMOUS: &[u8] = &[0];
    // Of each row: its operation, the actor, the event.
    let rows: [(u8, &[u8], &[u8]); 4] = [
        (1, ACCOUNT_7, b"\x00"),
        (2, ANONYMOUS, b"\x01\x07uid=ann\x01"),
        (3, ACCOUNT_7, b"\x02\x08"),
        // A refused sign-in of the account 9.
        (4, ANONYMOUS, b"\x10\x01\x09\x01"),
    ];
    let time = 9000u64.to_be_bytes();
    let key = |op: u8| [&[b'l', op % 16], time.as_slice(), &[op; 16]].concat();
    let value = |format: u8, actor: &[u8], event: &[u8]| [&[format, 0xA8, 0x46], actor, &[2], event].concat();
    let database = file(2, rows.map(|(op, actor, event)| (key(op), value(1, actor, event))));

    let new = rows.map(|(op, actor, event)| {
        let target: &[u8] = if event[0] == 1 { &[0] } else { &[] };
        (key(op), value(2, actor, &[event, target].concat()))
    });
    assert_eq!(climbed(&database, 3, b"l"), new);
    let index = |id: u64, class: u8, op: u8| ([b"L".as_slice(), &id.to_be_bytes(), &[class], &time, &[op; 16]].concat(), Vec::new());
    let expected = [index(0, b'c', 3), index(7, b'a', 1), index(7, b'c', 3), index(8, b'c', 3), index(9, b'r', 4)];
    assert_eq!(climbed(&database, 3, b"L"), expected);
}

/// The account `id` as schema 3 wrote it.
fn person(id: u64, role: u8, status: u8, expires_at: Option<u64>) -> Row {
    let names: [(u8, &[&str]); 2] = [(3, &["Michel"]), (6, &["louise@example.org"])];
    let head = (id, Uuid::nil(), format!("person{id}"), role, status, expires_at, 10_000u32, 100u32);
    let record = postcard::to_extend(&(head, 1u64, 2u64, Some(3u64), false, names), vec![1]).unwrap();
    // Attributes are a list, whose length comes first.
    let pairs = postcard::to_allocvec(&names).unwrap();
    let at = record.len() - pairs.len();
    ([b"a".as_slice(), &id.to_be_bytes()].concat(), [&record[..at], &[2], &pairs].concat())
}

#[test]
fn the_people_of_schema_3_are_listed() {
    let ends = 1_795_338_000_000u64;
    let database = file(3, [person(7, 2, 1, Some(ends)), person(8, 1, 0, None)]);
    let listed = |id: u64, list: u8| [&[b'N', list], b"michel\x01".as_slice(), &[0], &id.to_be_bytes()].concat();
    let value = |id: u64, head: &[u8]| {
        let words = format!("michel\0person{id}\0louise@example.org");
        [&[1], head, &[words.len() as u8], words.as_bytes()].concat()
    };
    let ends = postcard::to_allocvec(&(2u8, 1u8, Some(ends))).unwrap();
    let expected = [
        (listed(7, 0), value(7, &ends)),
        (listed(8, 0), value(8, &[1, 0, 0])),
        (listed(7, 1), Vec::new()),
        (listed(8, 2), Vec::new()),
        (listed(7, 3), Vec::new()),
        (listed(7, 4), Vec::new()),
    ];
    assert_eq!(climbed(&database, 4, b"N"), expected);
    let word = |word: &str, id: u64| ([b"W", word.as_bytes(), &[0], &id.to_be_bytes()].concat(), Vec::new());
    let expected = [
        word("louise@example.org", 7),
        word("louise@example.org", 8),
        word("michel", 7),
        word("michel", 8),
        word("person7", 7),
        word("person8", 8),
    ];
    assert_eq!(climbed(&database, 4, b"W"), expected);
}

#[test]
fn the_audit_of_schema_4_stands_for_one_event_a_row() {
    let time = 9000u64.to_be_bytes();
    let key = |op: u8| [&[b'l', op % 16], time.as_slice(), &[op; 16]].concat();
    // Of each row: its operation and event, before and after.
    let rows: [(u8, &[u8], &[u8]); 4] = [
        (1, b"\x00", b"\x00\x01"),
        (2, b"\x04\x07\x03cn=", b"\x04\x07\x03cn=\x00\x01"),
        (3, b"\x05\x07\x03cn=\x02\x02sn\x02cn", b"\x05\x07\x03cn=\x02\x02sn\x00\x00\x00\x02cn\x00\x00\x00\x01"),
        // One that cannot be read is left as it is.
        (4, b"\x05\x07\xff", b""),
    ];
    // At 9000, the account 7, from the address 192.0.2.1.
    let value = |format: u8, event: &[u8]| [&[format, 0xA8, 0x46, 1, 7, 0, 0, 192, 0, 2, 1], event].concat();
    let database = file(4, rows.map(|(op, before, _)| (key(op), value(2, before))));
    let expected = rows.map(|(op, before, after)| (key(op), if after.is_empty() { value(2, before) } else { value(3, after) }));
    assert_eq!(climbed(&database, 5, b"l"), expected);
    let read = |op: u8| records::decode::<AuditRow, ()>(&climbed(&database, 5, &key(op))[0].1);
    assert!([1, 2, 3].into_iter().all(|op| read(op).is_ok()) && read(4).is_err());
}

#[test]
fn an_account_that_cannot_be_read_stops_the_climb() {
    let (key, mut value) = person(7, 2, 1, None);
    value.push(0);
    let database = file(3, [(key, value)]);
    assert!(matches!(climb(&database, LADDER), Err(MigrateError::Storage(_))));
    assert_eq!(read_version(&database).unwrap(), Some(3));
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
