use super::*;

/// Memory as large as it is asked for.
struct Heap(Vec<Block>);

impl Memory for Heap {
    fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        self.0.resize(count, Block::new());
        Some(&mut self.0)
    }
}

struct Nothing;

impl Memory for Nothing {
    fn blocks(&mut self, _count: usize) -> Option<&mut [Block]> {
        None
    }
}

fn verify(verifier: &Verifier, password: &str) -> Verified {
    verifier.verify(&Secret::new(password), Cost::default(), &mut Heap(Vec::new())).unwrap()
}

const PASSWORD: &str = "correct horse Battery";

/// Made by slappasswd 2.5.13 with its modules pw-sha2, pw-pbkdf2 and argon2, and by crypt(3) of libxcrypt.
const FROM_TOOLS: &[&str] = &[
    "{SSHA}OGEe/jGVtc/vhN7f4lMM4iAPwqgYm6Rj",
    "{SHA}X8P64AO5TW2RrvxlqkHAf4bop0g=",
    "{SMD5}NZyM+PfY7g65XWsaMS8e5Z2IlBA=",
    "{MD5}m0EZJPQqpUn1rTHdfxmMhw==",
    "{SSHA256}n7fEo8V2GYO7AGH5fEAWaxn83j30QqvVOL4GG+erBCjvAKuSd+HUBQ==",
    "{SSHA384}AMEFkWD1VD4L0l4ZfqHJ1Lhdb5wWTb82ldONRyyQuL4ncQf/Hk87FSeRw2HYObf7nV5VZnz6Inw=",
    "{SSHA512}B1E0XKmy3pmuCKYbEKxmQUqEXn3TVJLXWstCjAWyYSUnTgsbEagrbS55nvz0mYyaTgg/0uabnWxuSXagT2E1/dRbZq78uYE5",
    "{SHA256}ZfVY3r2pKQKPqVzT+xH2Fnu3vRn4bed3gQZGvatyqPs=",
    "{SHA384}9rP48q/A/CdqPFdRy6tSkRmv9hB0z+nf5ef+KTEZi6BXBPRFNOPfP01rtos/8UVP",
    "{SHA512}lbPw1DSsTtsCVsLvgH+b+4ZHEhHYzQ/sMdWu1kCxZcGhi8cTVyDIIh+uV0Pq5yEfjFINUfBsCHRLYPotNnmRng==",
    "{PBKDF2}10000$meSx9jrD0b1rLJXjFpdWcg$aZEhZ7LktJ2Yk5Q37vRRHWq3wrY",
    "{PBKDF2-SHA1}10000$wHcuPF/kD.zf9GBpeb3xEQ$dRF6mUVjIiwza7M5YyGz3hCZk.k",
    "{PBKDF2-SHA256}10000$GGqeDSd8LP25qbccB00zTA$OyTHto.HuQ4dGrbPVaI15x9mOg9N6DBrck46DMfdYbc",
    "{PBKDF2-SHA512}10000$9BXDo6qaOrwoQsAoHlaB.w$QShRgCX8mYvQtNRXtlyfcXOCiHs7TKjdGzr7sPpaXbIpKGIxYvx7d0LhO2B.cX/n4AiGCsQl8eobriVRq/wkow",
    "{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$nHSoUDqjas6ETrVTBI1hDg$veg9BklGiTR2E84J4b9fLdoOT5/vMpJWLazfCVyuvFc",
    "$argon2i$v=19$m=19456,t=2,p=1$sQiwI2O4IbXrdaHS+M94qA$brem/Umjtv0hFThfkV8/DHrHAvUuwfOOBAhBhbc2cWQ",
    "{CRYPT}$5$saltstring$ATrg5igNRngMmX8CNqBo2Ejmab8UTQruLmlFpHcTLK4",
    "{CRYPT}$5$rounds=10000$saltstringsaltst$9h1d3TH/uZ/zJF7GZRiQ8UJFyKBofl6wBdBwJIEb3K6",
    "{CRYPT}$6$saltstring$KqUPmxc3X5thgwERyBtXwxlWkBR9bpJo.VLx/cVcTZ2YIOmQfVdFwwAog5HM9QXh6ZSBQvUsYrYrXQUHWPZn.1",
    "{crypt}$6$rounds=12345$otherSalt./$40gFNePhLuKZZghzYKs1yZLdXFOmsDCJuXRal.FW4AofHOavfJQN7doB6qLTtbYI.ud7vtMpHP.YGR0/xZlQV/",
    "{CRYPT}$2b$06$abcdefghijklmnopqrstuuY.nDXedKPiBs4HWvg87ZGkWNE4JECe6",
    "{CRYPT}$2a$05$abcdefghijklmnopqrstuu08FTnnVHz.WW/Z2NuqJQ19Pj/4kwH86",
    "{CRYPT}$2y$05$abcdefghijklmnopqrstuu08FTnnVHz.WW/Z2NuqJQ19Pj/4kwH86",
    "{CRYPT}$y$j9T$abcdefghijklmnop...$ZGEGB.eo7zV9cycmRcuveVSyDTvUgR0OtQf1Uohd0TC",
    "{CRYPT}$y$j75$F5Jx5fExrKuPp53xLKQ..1$qamy4jSVNtRapBsCmHmNIIIy6oj1uHsGcygumSnddhD",
];

#[test]
fn what_other_tools_store_is_verified_and_then_rewritten() {
    for text in FROM_TOOLS {
        let verifier = Verifier::import(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(verify(&verifier, PASSWORD), Verified::Rehash, "{text}");
        for wrong in ["correct horse battery", "correct horse Batter", "correct horse Battery ", ""] {
            assert_eq!(verify(&verifier, wrong), Verified::No, "{text}");
        }
    }
}

#[test]
fn passwords_beyond_ascii_are_verified_as_utf8() {
    for text in [
        "{CRYPT}$5$saltstring$EToWtJ/z63JhgKR3nsEWvpjv5rRsig.7hLekScZNsM7",
        "{CRYPT}$6$saltstring$P97Ley28jPGkl8ug3mr2lH2gYbXua9EMufdCz75E8IZWhQBfrDJ7sLX9uPcaoJGkEZuKM.U1aTpD46pyoSMJY1",
        "{CRYPT}$2b$06$abcdefghijklmnopqrstuuD2KRVD8Tayl7MvHk8QaPLUOST08BYEu",
        "{CRYPT}$y$j9T$abcdefghijklmnop...$iGomp1bJi8ZUZZF1ap.YOll5ZdvB45eOjIAZWo8CAr6",
    ] {
        assert_eq!(verify(&Verifier::import(text).unwrap(), "café crème brûlée"), Verified::Rehash, "{text}");
    }
}

#[test]
fn what_cannot_be_taken_over_says_why() {
    use ImportError::{Malformed, NotAVerifier, TooCostly, Unsupported};
    let tag = "veg9BklGiTR2E84J4b9fLdoOT5/vMpJWLazfCVyuvFc";
    let sha512 = "KqUPmxc3X5thgwERyBtXwxlWkBR9bpJo.VLx/cVcTZ2YIOmQfVdFwwAog5HM9QXh6ZSBQvUsYrYrXQUHWPZn.1";
    let bcrypt = "abcdefghijklmnopqrstuuY.nDXedKPiBs4HWvg87ZGkWNE4JECe6";
    for (text, why) in [
        ("azerty".into(), NotAVerifier),
        ("{not a scheme}azerty".into(), NotAVerifier),
        ("{}".into(), NotAVerifier),
        ("{CLEARTEXT}azerty".into(), Unsupported),
        ("{CRYPT}$1$salt$qJH7.N4xYta3aEG/dfqo/0".into(), Unsupported),
        ("{CRYPT}abJnggxhB/yWI".into(), Unsupported),
        ("{SASL}louise@example.org".into(), Unsupported),
        ("{SSHA}".into(), Malformed),
        ("{SSHA}not base64!".into(), Malformed),
        ("{SSHA}X8P64AO5TW2RrvxlqkHAf4bop0g=".into(), Malformed),
        ("{SHA}OGEe/jGVtc/vhN7f4lMM4iAPwqgYm6Rj".into(), Malformed),
        (format!("{{SSHA}}{}", "A".repeat(600)), Malformed),
        ("{PBKDF2}10000$meSx9jrD0b1rLJXjFpdWcg".into(), Malformed),
        ("{PBKDF2}0$meSx9jrD0b1rLJXjFpdWcg$aZEhZ7LktJ2Yk5Q37vRRHWq3wrY".into(), Malformed),
        ("{PBKDF2}2000001$meSx9jrD0b1rLJXjFpdWcg$aZEhZ7LktJ2Yk5Q37vRRHWq3wrY".into(), TooCostly),
        ("{PBKDF2}99999999999$meSx9jrD0b1rLJXjFpdWcg$aZEhZ7LktJ2Yk5Q37vRRHWq3wrY".into(), TooCostly),
        (format!("{{ARGON2}}$argon2id$v=19$m=65537,t=3,p=1$nHSoUDqjas6ETrVTBI1hDg${tag}"), TooCostly),
        (format!("$argon2id$v=19$m=4096,t=11,p=1$nHSoUDqjas6ETrVTBI1hDg${tag}"), TooCostly),
        (format!("$argon2id$v=19$m=4096,t=3,p=5$nHSoUDqjas6ETrVTBI1hDg${tag}"), TooCostly),
        (format!("$argon2id$v=19$m=4096,t=3,p=0$nHSoUDqjas6ETrVTBI1hDg${tag}"), TooCostly),
        (format!("$argon2id$v=18$m=4096,t=3,p=1$nHSoUDqjas6ETrVTBI1hDg${tag}"), Malformed),
        (format!("$argon2id$v=19$t=3,m=4096,p=1$nHSoUDqjas6ETrVTBI1hDg${tag}"), Malformed),
        (format!("$argon2id$v=19$m=+4096,t=3,p=1$nHSoUDqjas6ETrVTBI1hDg${tag}"), Malformed),
        (format!("$argon2id$v=19$m=4096,t=3,p=1$nHSo${tag}"), Malformed),
        (format!("$argon2id$v=19$m=4096,t=3,p=1$nHSoUDqjas6ETrVTBI1hDg${tag}$"), Malformed),
        (format!("{{CRYPT}}$6$rounds=500001$saltstring${sha512}"), TooCostly),
        (format!("{{CRYPT}}$6$rounds=999$saltstring${sha512}"), Malformed),
        (format!("{{CRYPT}}$6$turns=5000$saltstring${sha512}"), Malformed),
        (format!("{{CRYPT}}$6$${sha512}"), Malformed),
        (format!("{{CRYPT}}$5$saltstring${sha512}"), Malformed),
        (format!("{{CRYPT}}$2b$15${bcrypt}"), TooCostly),
        (format!("{{CRYPT}}$2b$03${bcrypt}"), Malformed),
        (format!("{{CRYPT}}$2b$6${bcrypt}"), Malformed),
        (format!("{{CRYPT}}$2b$06${}", &bcrypt[1..]), Malformed),
        (format!("{{CRYPT}}$2b$06$é{}", &bcrypt[2..]), Malformed),
        ("{CRYPT}$y$jKT$abcdefghijklmnop...$ZGEGB.eo7zV9cycmRcuveVSyDTvUgR0OtQf1Uohd0TC".into(), TooCostly),
        ("{CRYPT}$y$j9T$abcdefghijklmnop...".into(), Malformed),
        ("{CRYPT}$y$$$".into(), Malformed),
        ("{CRYPT}$gy$j9T$abcdefgh$lZG.84tGSuHwS9SPP6k6wlW11TaACUovJ9PuFTShfhD".into(), Unsupported),
    ] {
        assert_eq!(Verifier::import(&text), Err(why), "{text}");
        assert_eq!(verify(&Verifier::Imported(text.clone()), PASSWORD), Verified::No, "{text}");
    }
}

#[test]
fn an_argon2id_of_another_directory_is_one_of_ours_at_another_cost() {
    let cheap = Cost::new(64, 1, 2).unwrap();
    let ours = Verifier::argon2id(&Secret::new(PASSWORD), &[7; 16], cheap, &mut Heap(Vec::new())).unwrap();
    let Verifier::Argon2id(phc) = &ours else { panic!("an Argon2id") };
    assert_eq!(Verifier::import(&format!("{{ARGON2}}{phc}")), Ok(ours.clone()));
    assert_eq!(Verifier::import(phc), Ok(ours.clone()));
    assert_eq!(verify(&ours, PASSWORD), Verified::Rehash);
    assert_eq!(ours.verify(&Secret::new(PASSWORD), cheap, &mut Heap(Vec::new())), Ok(Verified::Yes));
    assert_eq!(verify(&ours, "something else"), Verified::No);
}

#[test]
fn memory_that_held_another_hash_gives_the_same_answer() {
    let mut memory = Heap(Vec::new());
    let cost = Cost::new(256, 2, 1).unwrap();
    let first = Verifier::argon2id(&Secret::new("one"), &[1; 16], cost, &mut memory).unwrap();
    let again = Verifier::argon2id(&Secret::new("one"), &[1; 16], cost, &mut memory).unwrap();
    assert_eq!(first, again);
    assert_eq!(first.verify(&Secret::new("one"), cost, &mut memory), Ok(Verified::Yes));
}

#[test]
fn without_memory_there_is_no_answer() {
    let cost = Cost::default();
    assert_eq!(Verifier::argon2id(&Secret::new("one"), &[1; 16], cost, &mut Nothing), Err(NoMemory));
    let imported = Verifier::import(FROM_TOOLS[14]).unwrap();
    assert_eq!(imported.verify(&Secret::new("one"), cost, &mut Nothing), Err(NoMemory));
}

#[test]
fn a_service_secret_is_verified_by_its_digest() {
    let secret = crate::secret::generated_service_secret();
    let verifier = Verifier::secret_digest(&secret);
    assert_eq!(verifier.verify_secret(&secret), Verified::Yes);
    assert_eq!(verifier.verify_secret(&crate::secret::generated_service_secret()), Verified::No);
    assert_eq!(Verifier::Imported(FROM_TOOLS[0].into()).verify_secret(&Secret::new(PASSWORD)), Verified::No);
}

#[test]
fn costs_are_bounded() {
    for (m, t, p) in
        [(65_537, 2, 1), (7, 1, 1), (31, 1, 4), (19_456, 0, 1), (19_456, 11, 1), (19_456, 2, 0), (19_456, 2, 5), (8, 1, u32::MAX)]
    {
        assert_eq!(Cost::new(m, t, p), None, "{m} {t} {p}");
    }
    assert_eq!(Cost::new(19_456, 2, 1), Some(Cost::default()));
    assert_eq!(Cost::default().blocks(), 19_456);
    assert_eq!(Cost::new(67, 1, 4).unwrap().blocks(), 64);
}

#[test]
fn a_verifier_is_never_printed() {
    for verifier in [Verifier::import(FROM_TOOLS[0]).unwrap(), Verifier::Argon2id(FROM_TOOLS[15].into()), Verifier::SecretDigest([77; 32])]
    {
        let credential = Credential { verifier, set_at: UnixTime::from_secs(0), good_until: None };
        let printed = format!("{credential:?}");
        assert!(printed.contains('…') && !printed.contains("77") && !printed.contains("OGEe") && !printed.contains("m="), "{printed}");
    }
}

#[test]
fn stored_verifiers_are_told_from_passwords() {
    for value in ["{SSHA}", "{sha}x", "{PBKDF2-SHA512}", "$argon2id$x", "{CRYPT}"] {
        assert!(is_import(value.as_bytes()), "{value}");
    }
    for value in ["", "{", "{}", "{my cat}", "my {cat}", "{café}", "$6$x", "{accolade"] {
        assert!(!is_import(value.as_bytes()), "{value}");
    }
}

#[test]
fn what_other_servers_and_applications_store_is_told_from_passwords() {
    let crypt = Some(StoredForm::Lacks("{CRYPT}"));
    for (value, form) in [
        ("{SSHA}x", Some(StoredForm::Named)),
        ("{NOSUCH}x", Some(StoredForm::Named)),
        ("$argon2id$v=19$m=1", Some(StoredForm::Named)),
        ("$1$salt$hash", crypt),
        ("$2a$10$x", crypt),
        ("$2b$10$x", crypt),
        ("$2y$10$x", crypt),
        ("$5$salt$x", crypt),
        ("$6$rounds=5000$salt$x", crypt),
        ("$y$j9T$x", crypt),
        ("$7$CU..../....x", crypt),
        ("pbkdf2_sha256$600000$salt$x", Some(StoredForm::Foreign)),
        ("$P$Bx", Some(StoredForm::Foreign)),
        ("scrypt:32768:8:1$x", Some(StoredForm::Foreign)),
        (" $6$salt$x ", crypt),
        ("SCRAM-SHA-256$4096:salt$x:y", Some(StoredForm::Foreign)),
        ("*0123456789ABCDEF0123456789ABCDEF01234567", Some(StoredForm::Foreign)),
        ("md5ffffffffffffffffffffffffffffffff", Some(StoredForm::Foreign)),
        ("md5 is not enough", None),
        ("", None),
        ("$6", None),
        ("$5$ for three coffees", None),
        ("trois girafes bleues dansent", None),
    ] {
        assert_eq!(stored_form(value.as_bytes()), form, "{value}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(scheme in "(\\{[A-Z0-9-]{2,14}\\})?", rest in "[$]?(argon2id|5|6|2b|y|)[$]?[a-zA-Z0-9./+=,$é]{0,120}") {
        let text = format!("{scheme}{rest}");
        if let Ok(verifier) = Verifier::import(&text) {
            let _ = verifier.verify_secret(&Secret::new("x"));
        }
    }

    #[test]
    fn no_yescrypt_parameters_make_it_panic(params in "[a-zA-Z0-9./]{0,9}") {
        let text = format!("{{CRYPT}}$y${params}$abcdefghijklmnop...$ZGEGB.eo7zV9cycmRcuveVSyDTvUgR0OtQf1Uohd0TC");
        let _ = Verifier::import(&text);
    }
}
