//! `userPassword` in a Modify.

use super::*;

#[tokio::test]
async fn passwords_by_modify_go_the_way_of_all_passwords() {
    use Told::*;
    use rules::*;
    let directory = directory().await;
    add_person(&directory, "admin", &[("binderyRole", "administrator")]).await;
    add_person(&directory, "louise", &[("userPassword", GOOD)]).await;
    let (louise, own) = (dn(&format!("uid=louise,{PEOPLE}")), caller(&directory, "louise").await);
    let id = account(&directory, "louise").await.id;
    let verifier = async || read(&directory, |view| credentials::load(view, id)).await.unwrap().verifier;
    let first = verifier().await;
    assert_eq!(
        directory.modify(&own, &louise, vec![replace("userPassword", &[BETTER])]).await.map_err(Told::from),
        Err(OldPasswordRequired)
    );
    let wrong = vec![take("userPassword", &["wrong"]), put("userPassword", &[BETTER])];
    assert!(
        matches!(directory.modify(&own, &louise, wrong).await.map_err(Told::from), Err(Rule(Violation::Constraint, text)) if text.contains("old password is wrong"))
    );
    let weak = vec![take("userPassword", &[GOOD]), put("userPassword", &["short"])];
    assert!(matches!(directory.modify(&own, &louise, weak).await.map_err(Told::from), Err(Password(_))));
    assert!(verifier().await == first);
    let must = Caller { must_change: true, ..own };
    directory.modify(&must, &louise, vec![take("userPassword", &[GOOD]), put("userPassword", &[BETTER])]).await.unwrap();
    let second = verifier().await;
    assert!(second != first);

    for (changes, error) in [
        (vec![put("userPassword", &[GOOD])], ValueExists("userPassword has a value, and has one at most; replace it".into())),
        (
            vec![replace("userPassword", &[])],
            Unwilling("userPassword is replaced, not taken away; set accountStatus to disabled to keep somebody out".into()),
        ),
        (
            vec![take("userPassword", &[BETTER])],
            Unwilling("userPassword is changed by one replace, or by one delete of the old value and one add of the new one".into()),
        ),
        (
            vec![replace("userPassword", &[BETTER]), replace("userPassword", &[BETTER]), replace("userPassword", &[BETTER])],
            Unwilling("userPassword is changed by one replace, or by one delete of the old value and one add of the new one".into()),
        ),
        (vec![replace("userPassword", &[GOOD, BETTER])], Constraint("userPassword has exactly one value, which is not empty".into())),
        (vec![replace("userPassword", &[""])], Constraint("userPassword has exactly one value, which is not empty".into())),
        (
            vec![replace("userPassword", &[GOOD]), replace("accountStatus", &["x"])],
            InvalidSyntax("accountStatus is active or disabled".into()),
        ),
    ] {
        assert_eq!(directory.modify(&SYSTEM, &louise, changes.clone()).await.map_err(Told::from), Err(error), "{changes:?}");
    }
    assert!(verifier().await == second);
    // With other changes, in one transaction.
    directory.modify(&SYSTEM, &louise, vec![replace("userPassword", &[GOOD]), replace("pwdReset", &["TRUE"])]).await.unwrap();
    assert!(account(&directory, "louise").await.must_change && verifier().await != second);
    // What another directory stored.
    let stored = "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g0SGVsbG8=";
    let refused = directory.modify(&own, &louise, vec![replace("userPassword", &[stored])]).await.map_err(Told::from);
    assert_eq!(
        refused,
        Err(Constraint("userPassword: the stored form of a password is taken from administrators only; give the password itself".into(),))
    );
    let _ = directory
        .change_password(
            &SYSTEM,
            PasswordChange { target: Target::Dn(louise), old: None, new: Some(Secret::new(BETTER)), only_first: false },
        )
        .await
        .unwrap();
    assert!(!account(&directory, "louise").await.must_change);
}
