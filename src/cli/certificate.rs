//! The first certificate, for who brings none: an authority made for this one certificate, whose key is thrown away.
//! Clients get the authority's certificate; nobody can sign anything else with it.

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};

use crate::domain::time::UnixTime;
use crate::secret::Secret;

/// A certificate with what belongs to it, all in PEM.
#[derive(Debug)]
pub struct MadeCertificate {
    /// The authority's certificate: what clients trust.
    pub authority: String,
    /// The server's certificate, then the authority's: what the server shows.
    pub chain: String,
    /// The server's private key (PKCS #8).
    pub key: Secret,
}

/// Makes a certificate for `names` (DNS names and IP addresses), valid for [`YEARS`] from the day of `now`.
///
/// # Errors
/// A name that is not one.
pub fn generate(names: &[String], now: UnixTime) -> Result<MadeCertificate, rcgen::Error> {
    let authority_key = KeyPair::generate()?;
    let authority_params = authority_params(names, now)?;
    let authority = authority_params.self_signed(&authority_key)?;

    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names.to_vec())?;
    valid_from(&mut params, now);
    params.distinguished_name.push(DnType::CommonName, common_name(names));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let server = params.signed_by(&key, &Issuer::new(authority_params, authority_key))?;

    let authority = authority.pem();
    let chain = format!("{}{authority}", server.pem());
    Ok(MadeCertificate { authority, chain, key: Secret::new(key.serialize_pem().into_bytes()) })
}

fn authority_params(names: &[String], now: UnixTime) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    valid_from(&mut params, now);
    params.distinguished_name.push(DnType::CommonName, format!("Bindery authority of {}", common_name(names)));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    Ok(params)
}

/// Every name as a subject alternative name counts; this one is only shown (64 characters at most, X.520
/// ub-common-name).
fn common_name(names: &[String]) -> String {
    names.first().map_or("bindery", String::as_str).chars().take(40).collect()
}

fn valid_from(params: &mut CertificateParams, now: UnixTime) {
    let day = now.generalized();
    let part = |range: std::ops::Range<usize>| day.get(range).and_then(|digits| digits.parse::<i32>().ok()).unwrap_or(1);
    // The 29th of February is not in every year.
    let (year, month, day) = (part(0..4), part(4..6) as u8, part(6..8).min(28) as u8);
    params.not_before = date_time_ymd(year, month, day);
    params.not_after = date_time_ymd(year + YEARS, month, day);
}

/// How long the certificate is valid: nobody renews a first certificate, and directories outlive intentions.
pub const YEARS: i32 = 10;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, ServerName};

    use super::*;

    #[test]
    fn the_certificate_is_good_for_its_names_and_its_time() {
        let now = UnixTime::from_secs(1_795_338_000);
        let names = ["localhost", "ldap.example.org", "127.0.0.1", "::1"].map(str::to_owned);
        let made = generate(&names, now).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(made.authority.as_bytes()).unwrap()).unwrap();
        let verifier = WebPkiServerVerifier::builder(Arc::new(roots)).build().unwrap();
        let chain: Vec<_> = CertificateDer::pem_slice_iter(made.chain.as_bytes()).map(Result::unwrap).collect();

        let verify = |name: &str, days: u64| {
            let at = rustls::pki_types::UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs() + days * 86_400));
            verifier.verify_server_cert(&chain[0], &chain[1..], &ServerName::try_from(name.to_owned()).unwrap(), &[], at).is_ok()
        };
        for name in &names {
            assert!(verify(name, 0) && verify(name, 3600), "{name}");
        }
        assert!(!verify("other.example.org", 0), "another name");
        assert!(!verify("localhost", 3700), "after ten years");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        assert!(generate(&["caf\u{e9}".to_owned()], UnixTime::from_secs(0)).is_err());
    }
}
