//! Mails as files, for demonstrations and tests: `001-reset-link.eml`, `002-generated-password.eml` and so on.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A directory that mails are written into, readable by its owner alone: they hold secrets.
#[derive(Clone, Debug)]
pub struct Files {
    directory: PathBuf,
}

impl Files {
    /// Into `directory`, which is made if it is missing.
    pub fn open(directory: PathBuf) -> io::Result<Files> {
        DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
        Ok(Files { directory })
    }

    /// Writes a mail under the next free number. It appears whole: nobody reads half of one.
    pub fn put(&self, kind: &str, mail: &[u8]) -> io::Result<PathBuf> {
        let (part, mut file) = self.part()?;
        let placed = file.write_all(mail).and_then(|()| file.sync_all()).and_then(|()| self.place(&part, kind));
        fs::remove_file(&part)?;
        placed
    }

    /// A file that nobody else writes, under a name that is not yet a mail's.
    fn part(&self) -> io::Result<(PathBuf, File)> {
        for number in 0..MAX_PARTS {
            let part = self.directory.join(format!(".{number}.part"));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                opened => return opened.map(|file| (part, file)),
            }
        }
        Err(io::Error::other(format!("{} is full of unfinished mails; remove its *.part files", self.directory.display())))
    }

    fn place(&self, part: &Path, kind: &str) -> io::Result<PathBuf> {
        let mut number = self.last()?;
        loop {
            number += 1;
            let path = self.directory.join(format!("{number:03}-{kind}.eml"));
            match fs::hard_link(part, &path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                linked => return linked.map(|()| path),
            }
        }
    }

    /// The highest number so far.
    fn last(&self) -> io::Result<u64> {
        let mut last = 0;
        for entry in fs::read_dir(&self.directory)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.split_once('-')).and_then(|(number, _)| number.parse().ok());
            last = last.max(number.unwrap_or(0));
        }
        Ok(last)
    }
}

/// Mails that are written at once; more than there are senders.
const MAX_PARTS: usize = 1000;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn mails_are_numbered_and_for_their_owner_alone() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("mail");
        let files = Files::open(directory.clone()).unwrap();
        let names: Vec<_> = ["reset-link", "generated-password"].iter().map(|kind| files.put(kind, b"mail").unwrap()).collect();
        assert_eq!(names[0], directory.join("001-reset-link.eml"));
        assert_eq!(names[1], directory.join("002-generated-password.eml"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&directory), mode(&names[0])), (0o700, 0o600));
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2, "nothing else is left there");
    }

    #[test]
    fn mails_written_at_once_are_all_there() {
        let place = tempfile::tempdir().unwrap();
        let files = Files::open(place.path().to_owned()).unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8_u8 {
                let files = &files;
                scope.spawn(move || (0..10_u8).for_each(|mail| drop(files.put("password-notice", &[writer, mail]).unwrap())));
            }
        });
        let mut mails: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
        mails.sort();
        mails.dedup();
        assert_eq!(mails.len(), 80);
    }
}
