//! Reads the certificate and its private key.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::TlsConfig;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, io::Error),
    /// `credential:NAME` without systemd.
    #[error("{0} is a systemd credential, but $CREDENTIALS_DIRECTORY is not set")]
    NoCredentials(PathBuf),
    /// There is no certificate in the file.
    #[error("{0} holds no certificate in PEM form")]
    NoCertificate(PathBuf),
    /// There is no private key in the file.
    #[error("{0} holds no private key in PEM form")]
    NoKey(PathBuf),
    /// The key is of a kind that TLS does not know, or belongs to another certificate.
    #[error("{0} is not the key of the certificate: {1}")]
    Mismatch(PathBuf, rustls::Error),
}

/// The certificate that `tls` names, with its key; none if it names none.
///
/// # Errors
/// What is wrong with which file.
pub fn certificate(tls: &TlsConfig) -> Result<Option<Arc<CertifiedKey>>, CertificateError> {
    let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) else { return Ok(None) };
    let chain = read(certificate, |path| CertificateDer::pem_file_iter(path)?.collect::<Result<Vec<_>, _>>())?;
    let chain = chain.filter(|chain| !chain.is_empty()).ok_or_else(|| CertificateError::NoCertificate(certificate.clone()))?;
    let private = read(key, |path| PrivateKeyDer::from_pem_file(path))?.ok_or_else(|| CertificateError::NoKey(key.clone()))?;
    let certified = CertifiedKey::from_der(chain, private, &default_provider());
    certified.map(|certified| Some(Arc::new(certified))).map_err(|error| CertificateError::Mismatch(key.clone(), error))
}

/// Where the file `path` is: `credential:NAME` is in systemd's `$CREDENTIALS_DIRECTORY` (systemd.exec(5)).
///
/// # Errors
/// A credential is asked for and systemd gives none.
pub fn located(path: &Path) -> Result<PathBuf, CertificateError> {
    let Some(name) = path.to_str().and_then(|text| text.strip_prefix("credential:")) else { return Ok(path.to_owned()) };
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| CertificateError::NoCredentials(path.to_owned()))?;
    Ok(Path::new(&directory).join(name))
}

/// What `parse` makes of the file; `None` if it holds nothing of the kind.
fn read<T>(path: &Path, parse: impl Fn(&Path) -> Result<T, pem::Error>) -> Result<Option<T>, CertificateError> {
    match parse(&located(path)?) {
        Ok(parsed) => Ok(Some(parsed)),
        Err(pem::Error::Io(error)) => Err(CertificateError::Unreadable(path.to_owned(), error)),
        Err(_) => Ok(None),
    }
}
