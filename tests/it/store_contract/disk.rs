//! A disk in memory that loses power or fails at the n-th write, and what is left on it then.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

/// What becomes of the writes since the last sync when the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// They are all lost.
    All,
    /// They all arrive.
    None,
    /// Every other one is lost.
    EveryOther,
    /// The last is torn in the middle, and the rest arrives.
    Torn,
}

/// The disk; its clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Disk(Arc<Mutex<Platters>>);

#[derive(Debug, Default)]
struct Platters {
    /// As the operating system shows it.
    seen: Vec<u8>,
    /// As of the last sync.
    durable: Vec<u8>,
    /// Since the last sync, in order.
    pending: Vec<Change>,
    /// Writes, length changes and syncs so far.
    changes: usize,
    /// From this change on, all of them fail.
    fails_from: Option<usize>,
    /// Reads fail too.
    dead: bool,
}

#[derive(Clone, Debug)]
enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
}

impl Disk {
    /// From the `n`-th change from now on, all of them fail.
    pub fn fail_from(&self, n: usize) {
        let mut platters = self.0.lock().unwrap();
        platters.fails_from = Some(platters.changes + n);
    }

    /// Everything works again; what was written stays as the operating system has it.
    pub fn mend(&self) {
        let mut platters = self.0.lock().unwrap();
        platters.fails_from = None;
        platters.dead = false;
    }

    /// Every access fails until it is mended.
    pub fn die(&self) {
        let mut platters = self.0.lock().unwrap();
        platters.fails_from = Some(0);
        platters.dead = true;
    }

    /// Writes, length changes and syncs so far.
    pub fn changes(&self) -> usize {
        self.0.lock().unwrap().changes
    }

    /// The disk that is found after the power went now.
    pub fn after_power_loss(&self, loss: Loss) -> Disk {
        let platters = self.0.lock().unwrap();
        let mut found = platters.durable.clone();
        let last = platters.pending.len().saturating_sub(1);
        for (place, change) in platters.pending.iter().enumerate() {
            match (loss, change) {
                (Loss::All, _) => {}
                (Loss::EveryOther, _) if place % 2 == 1 => {}
                (Loss::Torn, Change::Write(offset, data)) if place == last => {
                    apply(&mut found, &Change::Write(*offset, data[..data.len() / 2].to_vec()));
                }
                (Loss::None | Loss::EveryOther | Loss::Torn, change) => apply(&mut found, change),
            }
        }
        Disk(Arc::new(Mutex::new(Platters { seen: found.clone(), durable: found, ..Platters::default() })))
    }
}

impl Platters {
    fn change(&mut self, change: Option<Change>) -> io::Result<()> {
        self.changes += 1;
        if self.fails_from.is_some_and(|from| self.changes > from) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk fails on purpose"));
        }
        match change {
            Some(change) => {
                apply(&mut self.seen, &change);
                self.pending.push(change);
            }
            None => {
                self.durable = self.seen.clone();
                self.pending.clear();
            }
        }
        Ok(())
    }

    fn readable(&self) -> io::Result<()> {
        if self.dead { Err(io::Error::other("the disk is dead on purpose")) } else { Ok(()) }
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(offset, data) => {
            let (from, to) = (*offset as usize, *offset as usize + data.len());
            if bytes.len() < to {
                bytes.resize(to, 0);
            }
            bytes[from..to].copy_from_slice(data);
        }
        Change::Length(length) => bytes.resize(*length as usize, 0),
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        let platters = self.0.lock().unwrap();
        platters.readable()?;
        Ok(platters.seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platters = self.0.lock().unwrap();
        platters.readable()?;
        let from = offset as usize;
        let bytes = platters.seen.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.lock().unwrap().change(Some(Change::Length(length)))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.lock().unwrap().change(None)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().change(Some(Change::Write(offset, data.to_vec())))
    }
}

/// All keys from `from` to `to` of a store.
pub async fn rows(store: &bindery::store::RedbEngine, from: &[u8], to: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    use bindery::store::Engine;
    store.read(|view| view.scan::<()>(from, to, 4096)).await.unwrap().into_iter().collect()
}
