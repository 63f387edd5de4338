//! Whether a directory is safe to write files into: nobody else can put a link where a file is to be, nor take the
//! directory away and put another one there.

use std::fs::Metadata;
use std::io::{self, Error};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Refuses `directory`, which is there, if somebody else could change what is in it: others may write to it, or it is a
/// link, or belongs to somebody else than root, this process's user and `also`. So for the directory that it is in, where
/// a sticky bit (as that of `/tmp`) keeps others from renaming what is not theirs.
///
/// # Errors
/// What is wrong, with what to do about it.
pub fn check(directory: &Path, also: Option<u32>) -> io::Result<()> {
    let found = directory.symlink_metadata()?;
    if !found.is_dir() {
        return Err(refused("is a symbolic link or no directory: name the directory itself"));
    }
    if !is_owned(&found, also)? {
        return Err(refused("belongs to somebody else: name a directory that is not there yet"));
    }
    if found.mode() & OTHERS_WRITE != 0 {
        return Err(refused("can be changed by others: name a directory that is not there yet, for instance one in it"));
    }
    let parent = directory.canonicalize()?.parent().map(Path::symlink_metadata).transpose()?;
    match parent {
        Some(parent) if parent.mode() & ALL_WRITE != 0 && parent.mode() & STICKY == 0 => {
            Err(refused("lies in a directory that others can change: choose another place"))
        }
        Some(_) | None => Ok(()),
    }
}

/// `/proc/self` belongs to whom the process runs as.
fn is_owned(found: &Metadata, also: Option<u32>) -> io::Result<bool> {
    let own = std::fs::metadata("/proc/self")?.uid();
    Ok([Some(own), Some(0), also].contains(&Some(found.uid())))
}

fn refused(what: &str) -> Error {
    Error::new(io::ErrorKind::PermissionDenied, format!("it {what}"))
}

/// The bits of a mode by which others than the owner write.
const OTHERS_WRITE: u32 = 0o022;

/// The bit of a mode by which everybody writes.
const ALL_WRITE: u32 = 0o002;

/// The bit of a directory in which nobody renames or removes what is not theirs.
const STICKY: u32 = 0o1000;

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, create_dir, set_permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_directory_that_others_can_change_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let outer = place.path().join("outer");
        let inner = outer.join("inner");
        create_dir(&outer).unwrap();
        create_dir(&inner).unwrap();
        let link = place.path().join("link");
        symlink(&inner, &link).unwrap();
        for (outside, inside, good) in [
            (0o700, 0o700, true),
            (0o755, 0o755, true),
            (0o700, 0o777, false),
            (0o700, 0o1777, false),
            (0o700, 0o770, false),
            (0o777, 0o700, false),
            (0o775, 0o700, true),
            (0o1777, 0o700, true),
        ] {
            set_permissions(&inner, Permissions::from_mode(inside)).unwrap();
            set_permissions(&outer, Permissions::from_mode(outside)).unwrap();
            assert_eq!(check(&inner, None).is_ok(), good, "{outside:o} {inside:o}");
            assert!(check(&link, None).is_err(), "a link");
        }
    }
}
