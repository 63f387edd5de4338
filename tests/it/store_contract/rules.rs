//! Small rules that show what an engine must guarantee, without the real ones.

use bindery::domain::id::OpId;
use bindery::store::{Key, Stop, View, keys};

/// Why a rule of these tests says no.
#[derive(Debug, PartialEq)]
pub enum No {
    Taken,
    LastAdministrator,
    Changed,
}

/// Takes `name` for `owner`, unless somebody has it.
pub fn claim(view: &mut View<'_>, name: &[u8], owner: u64) -> Result<(), Stop<No>> {
    if view.has(name)? {
        return Err(Stop::Rule(No::Taken));
    }
    view.put(name.to_vec(), owner.to_be_bytes().to_vec());
    Ok(())
}

/// Ends the administration of `id`, unless it is the last one.
pub fn dismiss(view: &mut View<'_>, id: u8) -> Result<(), Stop<No>> {
    let administrators = view.scan(b"r", b"s", 2)?;
    let [own, others] = view.all([vec![b'r', id], vec![b'r', 1 - id]])?;
    if own.is_none() || others.is_none() || administrators.len() < 2 {
        return Err(Stop::Rule(No::LastAdministrator));
    }
    view.delete(vec![b'r', id]);
    Ok(())
}

/// Adds one to the number under `key`.
pub fn increment(view: &mut View<'_>, key: &[u8]) -> Result<u64, Stop<No>> {
    let number = view.get(key)?.map_or(0, |value| u64::from_be_bytes(value.try_into().unwrap())) + 1;
    view.put(key.to_vec(), number.to_be_bytes().to_vec());
    Ok(number)
}

/// As [`increment`], once for each operation.
pub fn increment_once(view: &mut View<'_>, key: &[u8], op: OpId) -> Result<(), Stop<No>> {
    if view.has(&keys::mark(op))? {
        return Ok(());
    }
    increment(view, key)?;
    view.put(keys::mark(op), vec![1]);
    Ok(())
}

/// Writes `n` keys that belong together: all have the same value.
pub fn write_together(view: &mut View<'_>, n: u8, value: u64) -> Result<(), Stop<No>> {
    for key in together(n) {
        view.put(key, value.to_be_bytes().to_vec());
    }
    Ok(())
}

/// The keys of [`write_together`].
pub fn together(n: u8) -> impl Iterator<Item = Key> {
    (0..n).map(|number| vec![b'a', number])
}
