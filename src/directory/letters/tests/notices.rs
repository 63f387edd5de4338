//! Every change of a password is told to its owner, in the commit that makes it.

use super::*;
use crate::directory::{ChangeOperation, Modification};
use crate::domain::dn::Dn;

async fn told(directory: &Directory) -> Vec<(String, By, Source, PasswordWay)> {
    let mut told = Vec::new();
    while let Some(letter) = send(directory).await {
        if let Content::PasswordNotice { by, source, way, .. } = letter.content {
            told.push((letter.to, by, source, way));
        }
    }
    told.sort_by(|one, other| one.0.cmp(&other.0));
    told
}

fn caller(actor: Actor) -> Caller {
    Caller { actor, source: source(), must_change: false }
}

fn change(old: Option<&str>, new: &str) -> PasswordChange {
    PasswordChange { target: Target::Dn(dn("louise")), old: old.map(Secret::new), new: Some(Secret::new(new)), only_first: false }
}

#[tokio::test]
async fn every_way_of_changing_a_password_tells_who_did_it() {
    let directory = directory_over(Store::in_memory()).await;
    let louise = add_person(&directory, "louise", &[("mail", ADDRESS), ("mail", "private@example.net"), ("userPassword", OLD)]).await;
    let admin = add_person(&directory, "admin", &[("binderyRole", "administrator"), ("displayName", "Ada Min")]).await;
    assert!(told(&directory).await.is_empty(), "the first password is no change");
    let both =
        |by: By, from: Source, way: PasswordWay| [ADDRESS, "private@example.net"].map(|to| (to.to_owned(), by.clone(), from, way)).to_vec();

    directory.change_password(&caller(Actor::Account(louise)), change(Some(OLD), NEW)).await.unwrap();
    assert_eq!(told(&directory).await, both(By::Owner, source(), PasswordWay::Own));
    directory.change_password(&caller(Actor::Account(admin)), change(None, OLD)).await.unwrap();
    assert_eq!(told(&directory).await, both(By::Other("Ada Min".into()), source(), PasswordWay::Other));
    directory.change_password(&SYSTEM, change(None, NEW)).await.unwrap();
    assert_eq!(told(&directory).await, both(By::System, Source::Internal, PasswordWay::Other));
    // By Modify, alone and beside something else.
    replace(&directory, "louise", "userPassword", &[OLD]).await;
    assert_eq!(told(&directory).await, both(By::System, Source::Internal, PasswordWay::Other));
    let beside = [("userPassword", NEW), ("displayName", "Louise M")]
        .map(|(attribute, value)| Modification::new(ChangeOperation::Replace, attribute, [value]));
    directory.modify(&caller(Actor::Account(admin)), &dn("louise"), beside.to_vec()).await.unwrap();
    assert_eq!(told(&directory).await, both(By::Other("Ada Min".into()), source(), PasswordWay::Other));

    // What is refused, and what changes no password, is not told.
    assert!(directory.change_password(&caller(Actor::Account(louise)), change(Some("wrong"), OLD)).await.is_err());
    replace(&directory, "louise", "displayName", &["Louise"]).await;
    assert!(told(&directory).await.is_empty());
}

#[tokio::test]
async fn the_most_that_a_change_of_password_may_touch_fits_into_a_rule() {
    let addresses = |domain: &str| (0..8).map(|number| format!("louise{number}@{domain}")).collect::<Vec<_>>();
    let directory = directory_over(Store::in_memory()).await;
    let old = addresses("example.org");
    let mut more: Vec<(&str, &str)> = old.iter().map(|mail| ("mail", mail.as_str())).collect();
    more.push(("userPassword", OLD));
    add_person(&directory, "louise", &more).await;
    ask(&directory, "louise").await;
    send(&directory).await;
    for _ in 0..8 {
        directory.sign_in("louise", Secret::new(OLD), None, source()).await.unwrap();
    }
    let mails = Modification::new(ChangeOperation::Replace, "mail", addresses("example.net"));
    let password = Modification::new(ChangeOperation::Replace, "userPassword", [NEW]);
    directory.modify(&SYSTEM, &dn("louise"), vec![mails, password]).await.unwrap();
    assert_eq!(told(&directory).await.len(), 8);
    let louise = directory.sign_in("louise", Secret::new(NEW), None, source()).await.unwrap();
    let visitor = directory.visitor(&louise.token).await.unwrap().unwrap();
    directory.change_own_password(&visitor, Secret::new(NEW), Secret::new(OLD), source()).await.unwrap();
    assert_eq!(told(&directory).await.len(), 8);
}

#[tokio::test]
async fn the_notice_goes_to_the_address_of_that_moment() {
    let directory = louise().await;
    replace(&directory, "louise", "userPassword", &[NEW]).await;
    replace(&directory, "louise", "mail", &["thief@example.net"]).await;
    let told = told(&directory).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, ADDRESS);
}

#[tokio::test]
async fn applications_and_whoever_has_no_address_are_not_written_to() {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "mailless", &[("userPassword", OLD)]).await;
    replace(&directory, "mailless", "userPassword", &[NEW]).await;
    let cloud = Dn::parse("uid=cloud,ou=services,dc=example,dc=org").unwrap();
    directory.add(&SYSTEM, &cloud, vec![("objectClass".into(), vec![b"account".to_vec()])]).await.unwrap();
    let secret = PasswordChange { target: Target::Dn(cloud), old: None, new: None, only_first: false };
    assert!(directory.change_password(&SYSTEM, secret).await.unwrap().is_some());
    assert!(waiting(&directory).await.is_empty());

    let silent = directory_with(|settings| settings.sends_mail = false).await;
    add_person(&silent, "louise", &[("mail", ADDRESS), ("userPassword", OLD)]).await;
    replace(&silent, "louise", "userPassword", &[NEW]).await;
    assert!(waiting(&silent).await.is_empty());
}
