//! The schema version of a file, and the ladder that brings an older file to today's: one step a version, each in a
//! transaction of its own. A step decodes with types of its own, which stay as that schema had them.

mod rows;
mod schema2;
mod schema3;
mod schema4;
mod schema5;

use redb::{Database, ReadableDatabase, ReadableTableMetadata, TableHandle};

use super::keys;
use super::redb::table::TABLE;
use rows::Rows;

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

/// Takes the rows from one schema version to the next.
type MigrationStep = fn(&mut Rows<'_>) -> Result<(), redb::Error>;

/// Brings `database` to the schema of this program; an empty one gets it at once.
pub(super) fn bring_up_to_date(database: &Database) -> Result<(), MigrateError> {
    climb(database, LADDER)
}

/// `ladder[n]` leads from version n + 1 to n + 2.
fn climb(database: &Database, ladder: &[MigrationStep]) -> Result<(), MigrateError> {
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

/// The steps there are.
const LADDER: &[MigrationStep] =
    &[schema2::credentials_may_end, schema3::audit_has_an_index, schema4::people_are_listed, schema5::audit_counts_and_has_values];

/// Where the version is kept, in four bytes.
const SCHEMA_KEY: &str = "schema_version";

#[cfg(test)]
mod tests;
