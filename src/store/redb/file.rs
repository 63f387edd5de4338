//! Opening the file: its permissions, redb's settings, its schema. Everything that can be wrong has a text that says
//! what to do.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, RepairSession, StorageBackend, StorageError};

use crate::store::migrate::{self, MigrateError};

/// How the file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSettings {
    /// Memory for pages of the file, in bytes. It is taken as pages are read; a small file takes little.
    pub cache_bytes: usize,
}

impl Default for FileSettings {
    fn default() -> FileSettings {
        FileSettings { cache_bytes: DEFAULT_CACHE_BYTES }
    }
}

/// Why the file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "{path} is in use by another process: most likely the daemon runs already. Stop it first, or leave the work to it \
         (the command line reaches a running daemon through its socket)"
    )]
    InUse {
        /** Which. */
        path: PathBuf,
    },
    /// A later Bindery has written it.
    #[error("{path} was written by a newer Bindery (schema {found}, this program knows {known}): install that version or a later one")]
    Newer {
        /** Which. */
        path: PathBuf,
        /** Its schema version. */
        found: u32,
        /** The latest that this program knows. */
        known: u32,
    },
    /// It is something else.
    #[error("{path} is not a Bindery store: {what}. Name another file, or restore this one from a backup")]
    Foreign {
        /** Which. */
        path: PathBuf,
        /** What is there. */
        what: String,
    },
    /// Others could read or change it.
    #[error("{path} can be {what} by others (mode {mode:04o}), and every password depends on it: chmod {remedy} {path}")]
    Permissions {
        /** The file, or its directory. */
        path: PathBuf,
        /** Its mode. */
        mode: u32,
        /** What others can do. */
        what: &'static str,
        /** The mode it should have. */
        remedy: &'static str,
    },
    /// The file system says no.
    #[error("{path} cannot be opened: {source}")]
    Io {
        /** Which. */
        path: PathBuf,
        /** Why. */
        source: io::Error,
    },
    /// It is damaged.
    #[error("{path} is damaged: {what}. Restore it from a backup")]
    Damaged {
        /** Which. */
        path: PathBuf,
        /** What was found. */
        what: String,
    },
    /// No thread for the writer.
    #[error("the writer thread of the store cannot be started: {0}")]
    Thread(io::Error),
}

/// How the database is opened, and opened again after an I/O error.
pub(super) struct Opener {
    path: PathBuf,
    settings: FileSettings,
    open: Box<OpenFile>,
}

type OpenFile = dyn Fn(&Path, &Builder) -> Result<Database, OpenError> + Send;

impl Opener {
    /// By the path of a file.
    pub(super) fn file(path: &Path, settings: FileSettings) -> Opener {
        let open = |path: &Path, builder: &Builder| {
            let file = open_file(path)?;
            let storage = FileBackend::new(file).map_err(|error| explain(path, error))?;
            builder.create_with_backend(storage).map_err(|error| explain(path, error))
        };
        Opener { path: path.to_path_buf(), settings, open: Box::new(open) }
    }

    /// By a function that gives the storage.
    pub(super) fn backend<B: StorageBackend>(backend: impl Fn() -> io::Result<B> + Send + 'static, settings: FileSettings) -> Opener {
        let open = move |path: &Path, builder: &Builder| {
            let storage = backend().map_err(|source| OpenError::Io { path: path.to_path_buf(), source })?;
            builder.create_with_backend(storage).map_err(|error| explain(path, error))
        };
        Opener { path: PathBuf::from("the storage"), settings, open: Box::new(open) }
    }

    /// The database, in today's schema.
    pub(super) fn open(&self) -> Result<Database, OpenError> {
        let mut builder = Builder::new();
        builder.set_cache_size(self.settings.cache_bytes).set_repair_callback(report_repair);
        let database = (self.open)(&self.path, &builder)?;
        migrate::bring_up_to_date(&database).map_err(|error| self.explain_migration(error))?;
        Ok(database)
    }

    fn explain_migration(&self, error: MigrateError) -> OpenError {
        let path = self.path.clone();
        match error {
            MigrateError::Newer { found, known } => OpenError::Newer { path, found, known },
            MigrateError::Foreign => OpenError::Foreign { path, what: "it has tables, but no schema version".into() },
            MigrateError::Storage(redb::Error::Io(source)) => OpenError::Io { path, source },
            MigrateError::Storage(error) => OpenError::Damaged { path, what: error.to_string() },
        }
    }
}

/// The file at `path`, made if it is not there; nobody else may read it, nor change its directory.
fn open_file(path: &Path) -> Result<File, OpenError> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| OpenError::Io { path, source }
    };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed(directory))?;
    let mode = directory.metadata().map_err(failed(directory))?.mode() & 0o7777;
    if mode & 0o022 != 0 {
        return Err(OpenError::Permissions { path: directory.to_path_buf(), mode, what: "changed", remedy: "0700" });
    }
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(failed(path))?;
    let mode = file.metadata().map_err(failed(path))?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(OpenError::Permissions { path: path.to_path_buf(), mode, what: "read or changed", remedy: "0600" });
    }
    Ok(file)
}

fn explain(path: &Path, error: DatabaseError) -> OpenError {
    let path = path.to_path_buf();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::InUse { path },
        DatabaseError::Storage(StorageError::Io(source)) if source.kind() == io::ErrorKind::InvalidData => {
            OpenError::Foreign { path, what: source.to_string() }
        }
        DatabaseError::Storage(StorageError::Io(source)) => OpenError::Io { path, source },
        error => OpenError::Damaged { path, what: error.to_string() },
    }
}

fn report_repair(session: &mut RepairSession) {
    tracing::warn!(percent = (session.progress() * 100.0) as u32, "the store was not closed cleanly and is being repaired");
}

/// redb's own default is 1 GiB. With this the whole process stays below 250 MB with a million accounts, and a search of
/// a random one of them costs a few microseconds more than with everything in memory.
const DEFAULT_CACHE_BYTES: usize = 144 * 1024 * 1024;
