//! Files that settings name, read with a bound.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::certificate::{CertificateError, located};

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, io::Error),
    /// `credential:NAME` without systemd.
    #[error("{0} is a systemd credential, but $CREDENTIALS_DIRECTORY is not set")]
    NoCredentials(PathBuf),
    /// It is larger than anything of its kind.
    #[error("{0} is larger than {1} KiB")]
    TooLarge(PathBuf, u64),
    /// It is no picture that browsers show.
    #[error("{0} is no PNG, JPEG, WebP or SVG picture")]
    NoPicture(PathBuf),
    /// There is nothing in it.
    #[error("{0} is empty")]
    Empty(PathBuf),
}

/// What is in the file `path`, or in the credential that it names; [`MAX_PRIVATE`] bytes at most.
///
/// # Errors
/// [`FileError`].
pub fn private_file(path: &Path) -> Result<Vec<u8>, FileError> {
    read(path, MAX_PRIVATE)
}

/// The picture in the file `path`: its content type and its bytes.
///
/// # Errors
/// [`FileError`].
pub fn logo(path: &Path) -> Result<(&'static str, Vec<u8>), FileError> {
    let bytes = read(path, MAX_LOGO)?;
    let kind = picture(&bytes).ok_or_else(|| FileError::NoPicture(path.to_owned()))?;
    Ok((kind, bytes))
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let place = located(path).map_err(|error| match error {
        CertificateError::NoCredentials(path) => FileError::NoCredentials(path),
        other => FileError::Unreadable(path.to_owned(), io::Error::other(other)),
    })?;
    let mut bytes = Vec::new();
    let unreadable = |error| FileError::Unreadable(path.to_owned(), error);
    File::open(place).map_err(unreadable)?.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    match bytes.len() as u64 {
        0 => Err(FileError::Empty(path.to_owned())),
        length if length > most => Err(FileError::TooLarge(path.to_owned(), most >> 10)),
        _ => Ok(bytes),
    }
}

/// The content type of a picture, by how it begins; the file's name says nothing that can be relied on.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => {
            let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim_start();
            (text.starts_with("<svg") || text.starts_with("<?xml") && text.contains("<svg")).then_some("image/svg+xml")
        }
    }
}

/// Bytes of a picture: pages are read over slow lines too.
const MAX_LOGO: u64 = 128 << 10;

/// Bytes of a password's file, and of a file of authorities.
const MAX_PRIVATE: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", Some("image/webp")),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Some("image/svg+xml")),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- mark --><svg/>", Some("image/svg+xml")),
            (b"<?xml version='1.0'?><html/>", None),
            (b"<html><svg/></html>", None),
            (b"GIF89a", None),
        ] {
            assert_eq!(picture(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn files_have_a_bound() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("logo.png");
        std::fs::write(&path, b"").unwrap();
        assert!(matches!(logo(&path), Err(FileError::Empty(_))));
        let mut bytes = b"\x89PNG".to_vec();
        bytes.resize(MAX_LOGO as usize, 0);
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(logo(&path).unwrap().0, "image/png");
        bytes.push(0);
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(logo(&path), Err(FileError::TooLarge(_, 128))));
        assert!(matches!(logo(&directory.path().join("none.png")), Err(FileError::Unreadable(..))));
    }
}
