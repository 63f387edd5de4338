//! The rows of a file under migration, page by page.

use redb::{ReadableTable, Table};

use crate::store::keys;

/// The one table, within the transaction of a step.
pub(super) type Rows<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// Calls `change` with each row whose key begins with `prefix`, as it was before.
pub(super) fn each(
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

/// Rows that are looked at together.
pub(super) const PAGE: usize = 4096;
