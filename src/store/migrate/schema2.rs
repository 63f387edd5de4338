//! To schema 2, where a credential says until when it is good.

use super::rows::{Rows, each};

/// A credential that was stored before is good for ever, which is a zero at its end.
pub(super) fn credentials_may_end(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
    each(rows, b"c", |rows, key, mut value| {
        if let Some(format @ 1) = value.first_mut() {
            *format = 2;
            value.push(0);
            rows.insert(key, value.as_slice())?;
        }
        Ok(())
    })
}
