//! The one table of the file.

use redb::TableDefinition;

/// All keys, in the order of their bytes.
pub(in crate::store) const TABLE: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("bindery");
