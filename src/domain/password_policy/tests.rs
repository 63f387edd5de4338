use super::*;

fn context() -> PasswordContext {
    PasswordContext {
        login: "louisem".into(),
        names: vec!["Louise".into(), "Hélène Martineau".into()],
        mails: vec!["louise.martineau@atelier-bois.example".into()],
        organisation: "Atelier Bois".into(),
    }
}

fn check(text: &str) -> Result<(), Refusal> {
    Policy::default().check(&prepare(text.as_bytes())?, &context())
}

#[test]
fn passwords_are_judged_with_a_reason() {
    for (text, verdict) in [
        ("girafe volcan tartine", Ok(())),
        ("correct horse battery stable", Ok(())),
        ("tj7#Kq2!vLx9", Ok(())),
        ("été 🦒 volcan tartine", Ok(())),
        ("onzecaracts", Err(Refusal::TooShort { minimum: 12 })),
        ("ééééééééééé", Err(Refusal::TooShort { minimum: 12 })),
        ("Motdepasse123!", Err(Refusal::Common)),
        ("azertyuiop12", Err(Refusal::Common)),
        ("bonjour12345", Err(Refusal::Common)),
        ("louisem-louisem", Err(Refusal::Personal(Personal::Login))),
        ("helene martineau", Err(Refusal::Personal(Personal::Name))),
        ("Hélène-Martineau-75", Err(Refusal::Personal(Personal::Name))),
        ("atelier-bois.example", Err(Refusal::Personal(Personal::Mail))),
        ("AtelierBois2026", Err(Refusal::Personal(Personal::Organisation))),
        ("kkkkkkkkkkkkkkkk", Err(Refusal::Guessable(Weakness::Repeats))),
        ("abcdefghijklmn", Err(Refusal::Guessable(Weakness::Sequence))),
    ] {
        assert_eq!(check(text), verdict, "{text}");
    }
}

#[test]
fn the_longest_password_has_128_characters() {
    let long = "girafe volcan tartine ".repeat(6);
    assert_eq!(check(&long[..128]), Ok(()));
    assert_eq!(check(&long[..129]), Err(Refusal::TooLong { maximum: 128 }));
}

#[test]
fn the_first_40_characters_are_estimated() {
    let behind = |weak: usize| format!("{}tj7#Kq2!vLx9", "k".repeat(weak));
    assert_eq!(check(&behind(40)), Err(Refusal::Guessable(Weakness::Repeats)));
    assert_eq!(check(&behind(28)), Ok(()));
}

#[test]
fn the_minimum_is_never_under_eight() {
    assert_eq!(Policy::new(0).minimum(), 8);
    assert_eq!(Policy::new(16).minimum(), 16);
    assert_eq!(Policy::new(1000).minimum(), 128);
    let password = prepare(b"tj7#Kq2").unwrap();
    assert_eq!(Policy::new(1).check(&password, &context()), Err(Refusal::TooShort { minimum: 8 }));
}

#[test]
fn what_is_unknown_or_too_short_is_not_personal() {
    let password = prepare(b"girafe volcan tartine").unwrap();
    assert_eq!(Policy::default().check(&password, &PasswordContext::default()), Ok(()));
    let context = PasswordContext { login: "al".into(), ..PasswordContext::default() };
    assert_eq!(Policy::default().check(&prepare(b"alpaga al dente al volo").unwrap(), &context), Ok(()));
}

#[test]
fn generated_passwords_are_good_enough() {
    for _ in 0..5 {
        assert_eq!(Policy::default().check(&crate::secret::generated_password(), &context()), Ok(()));
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    for (refusal, words) in [
        (Refusal::TooShort { minimum: 12 }, "at least 12 characters"),
        (Refusal::Personal(Personal::Organisation), "the organisation's name: leave it out"),
        (Refusal::Guessable(Weakness::Keyboard), "keys of the keyboard): add words"),
    ] {
        assert!(refusal.to_string().contains(words), "{refusal}");
    }
}
