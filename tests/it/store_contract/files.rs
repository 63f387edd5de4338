//! The file itself: who may read it, who has it open, which version it is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bindery::domain::credential::{Credential, Verifier};
use bindery::domain::id::Id;
use bindery::domain::time::UnixTime;
use bindery::store::redb::OpenError;
use bindery::store::{FileSettings, Stop, Store, credentials, keys};

fn open(path: &Path) -> Result<Store, OpenError> {
    Store::open(path, FileSettings::default())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_new_file_and_its_directory_are_the_owners_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data/bindery.redb");
    drop(open(&path).unwrap());
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn a_file_that_others_can_read_or_replace_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bindery.redb");
    drop(open(&path).unwrap());
    chmod(&path, 0o640);
    let text = open(&path).unwrap_err().to_string();
    assert!(text.contains("mode 0640") && text.contains("chmod 0600"), "{text}");
    chmod(&path, 0o600);
    chmod(directory.path(), 0o770);
    let text = open(&path).unwrap_err().to_string();
    assert!(text.contains("mode 0770") && text.contains("chmod 0700"), "{text}");
}

#[test]
fn a_second_one_is_told_who_has_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bindery.redb");
    let first = open(&path).unwrap();
    let text = open(&path).unwrap_err().to_string();
    assert!(text.contains(&path.display().to_string()) && text.contains("in use by another process"), "{text}");
    drop(first);
    drop(open(&path).unwrap());
}

#[test]
fn what_is_no_store_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    fs::write(&path, "not a database at all, but long enough to be looked at".repeat(200)).unwrap();
    chmod(&path, 0o600);
    let before = fs::read(&path).unwrap();
    let text = open(&path).unwrap_err().to_string();
    assert!(text.contains("is not a Bindery store"), "{text}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bindery.redb");
    let store = open(&path).unwrap();
    store
        .run(|view| {
            view.put(keys::meta("schema_version"), 900u32.to_be_bytes().to_vec());
            Ok::<_, Stop<()>>(())
        })
        .await
        .unwrap();
    drop(store);
    let text = open(&path).unwrap_err().to_string();
    assert!(text.contains("newer Bindery (schema 900, this program knows 5)"), "{text}");
}

#[tokio::test]
async fn a_file_of_schema_1_is_brought_up_to_date_when_it_is_opened() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bindery.redb");
    let store = open(&path).unwrap();
    store
        .run(|view| {
            view.put(keys::meta("schema_version"), 1u32.to_be_bytes().to_vec());
            view.put(keys::credential(Id(7)), [&[1, 1][..], &[9; 32], &[0xAC, 0x02]].concat());
            Ok::<_, Stop<()>>(())
        })
        .await
        .unwrap();
    drop(store);
    for opened in ["once", "again"] {
        let store = open(&path).unwrap();
        let found = store.read(|view| credentials::load::<()>(view, Id(7))).await.unwrap();
        let expected = Credential { verifier: Verifier::SecretDigest([9; 32]), set_at: UnixTime::from_millis(300), good_until: None };
        assert_eq!(found, Some(expected), "{opened}");
    }
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bindery.redb");
    let store = open(&path).unwrap();
    store.run(|view| super::rules::write_together(view, 9, 5)).await.unwrap();
    drop(store);
    let store = open(&path).unwrap();
    let rows = store.read(|view| view.scan::<()>(b"a", b"b", 99)).await.unwrap();
    assert_eq!(rows.len(), 9);
}
