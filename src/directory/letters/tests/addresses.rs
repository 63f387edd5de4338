//! Every change of a mail address is told to the old and the new one, in the commit that makes it; and one that people
//! have set themselves waits before it gets a link.

use super::*;
use crate::directory::fixture::account;
use crate::directory::{ChangeOperation, Modification, PersonForm};
use crate::domain::audit::Reason;
use crate::domain::outbox::Fate;

const NEW_ADDRESS: &str = "louise@example.net";

async fn told(directory: &Directory) -> Vec<(String, By, Fate)> {
    let mut told = Vec::new();
    while let Some(letter) = send(directory).await {
        if let Content::AddressNotice { by, fate, .. } = letter.content {
            told.push((letter.to, by, fate));
        }
    }
    told.sort_by(|one, other| one.0.cmp(&other.0));
    told
}

async fn self_service(wait: u64) -> (Directory, Caller) {
    let directory = directory_with(|settings| {
        settings.access.self_mail = true;
        settings.reset.new_address_wait = Duration::from_secs(wait);
    })
    .await;
    let id = add_person(&directory, "louise", &[("mail", ADDRESS), ("userPassword", OLD)]).await;
    (directory, Caller { actor: Actor::Account(id), source: source(), must_change: false })
}

async fn set(directory: &Directory, caller: &Caller, mails: &[&str]) {
    let change = Modification::new(ChangeOperation::Replace, "mail", mails.iter().copied());
    directory.modify(caller, &dn("louise"), vec![change]).await.unwrap();
}

/// The same by Louise, as she does it on her page: with her password, and the link that is sent to the new address.
async fn set_own(directory: &Directory, louise: &Caller, mails: &[&str]) {
    let id = account(directory, "louise").await.id;
    let seen = directory.person(louise, id).await.unwrap().seen;
    let form = PersonForm { seen, mail: Some(mails.join(", ")), own_password: Some(Secret::new(OLD)), ..PersonForm::default() };
    assert!(directory.save_person(louise, id, form).await.unwrap().waits_for_link);
    let letter = send(directory).await.unwrap();
    let Content::AddressLink { token, .. } = &letter.content else { panic!("{letter:?}") };
    directory.confirm_address(louise, id, token).await.unwrap();
}

/// Where the link goes that is asked for as `name`, and why there is none.
async fn reached(directory: &Directory, name: &str) -> (Option<String>, Option<Reason>) {
    directory.clock.advance(Duration::from_secs(1300));
    ask(directory, name).await;
    let mut to = None;
    while let Some(letter) = send(directory).await {
        if matches!(letter.content, Content::ResetLinks { .. }) {
            to = Some(letter.to);
        }
    }
    let rows = audited(directory).await;
    let reason = rows.iter().rev().find_map(|row| match row.event {
        AuditEvent::ResetRefused { reason, .. } => Some(Some(reason)),
        AuditEvent::ResetRequested { .. } => Some(None),
        _ => None,
    });
    (to, reason.flatten())
}

#[tokio::test]
async fn old_and_new_addresses_are_told_who_did_it_and_not_of_each_other() {
    let (directory, louise) = self_service(0).await;
    let to = |address: &str, by: &By, fate| (address.to_owned(), by.clone(), fate);
    let (owner, system) = (By::Owner, By::System);
    set_own(&directory, &louise, &[NEW_ADDRESS]).await;
    assert_eq!(told(&directory).await, [to(NEW_ADDRESS, &owner, Fate::Added), to(ADDRESS, &owner, Fate::Removed)]);
    set(&directory, &SYSTEM, &[NEW_ADDRESS, ADDRESS]).await;
    assert_eq!(told(&directory).await, [to(NEW_ADDRESS, &system, Fate::Kept), to(ADDRESS, &system, Fate::Added)]);
    set(&directory, &SYSTEM, &[]).await;
    assert_eq!(told(&directory).await, [to(NEW_ADDRESS, &system, Fate::Removed), to(ADDRESS, &system, Fate::Removed)]);
    set(&directory, &SYSTEM, &[ADDRESS]).await;
    assert_eq!(told(&directory).await, [to(ADDRESS, &system, Fate::Added)]);

    // What is refused, what is the same address, and what is something else, is not told.
    let other = Modification::new(ChangeOperation::Replace, "mail", ["no address"]);
    assert!(directory.modify(&Caller { must_change: true, ..louise }, &dn("louise"), vec![other]).await.is_err());
    set(&directory, &SYSTEM, &["LOUISE@example.org"]).await;
    replace(&directory, "louise", "displayName", &["Louise"]).await;
    assert_eq!(told(&directory).await, []);
}

#[tokio::test]
async fn sixteen_addresses_are_told_and_the_change_fits_into_a_rule() {
    let directory = directory_over(Store::in_memory()).await;
    let addresses = |domain: &str| (0..8).map(|number| format!("louise{number}@{domain}")).collect::<Vec<_>>();
    let (old, new) = (addresses("example.org"), addresses("example.net"));
    let more: Vec<(&str, &str)> = old.iter().map(|mail| ("mail", mail.as_str())).collect();
    add_person(&directory, "louise", &more).await;
    set(&directory, &SYSTEM, &new.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let told = told(&directory).await;
    assert_eq!((told.len(), told.iter().filter(|(_, _, fate)| *fate == Fate::Removed).count()), (16, 8));
    assert!(waiting(&directory).await.is_empty());
}

#[tokio::test]
async fn an_address_of_one_s_own_waits_for_a_day_and_any_other_does_not() {
    let (directory, louise) = self_service(86_400).await;
    set_own(&directory, &louise, &[NEW_ADDRESS]).await;
    for name in ["louise", NEW_ADDRESS] {
        assert_eq!(reached(&directory, name).await, (None, Some(Reason::NewAddress)), "{name}");
    }
    assert_eq!(
        directory.send_link(&SYSTEM, account(&directory, "louise").await.id, requested(&directory)).await,
        Err(SendError::NewAddress)
    );
    // The one before is none of the account's any more.
    assert_eq!(reached(&directory, ADDRESS).await, (None, None));
    directory.clock.advance(Duration::from_secs(86_400));
    assert_eq!(reached(&directory, "louise").await.0.as_deref(), Some(NEW_ADDRESS));

    // Beside one that has been there for long, the new one waits and the old one does not.
    set_own(&directory, &louise, &[ADDRESS, NEW_ADDRESS]).await;
    assert_eq!(reached(&directory, "louise").await.0.as_deref(), Some(NEW_ADDRESS));
    assert_eq!(reached(&directory, ADDRESS).await, (None, Some(Reason::NewAddress)));
    // A change of something else does not make it older or newer.
    replace(&directory, "louise", "displayName", &["Louise"]).await;
    assert_eq!(reached(&directory, ADDRESS).await, (None, Some(Reason::NewAddress)));
    // Somebody else looks at it: what stands there is good.
    set(&directory, &SYSTEM, &[ADDRESS]).await;
    assert_eq!(reached(&directory, ADDRESS).await.0.as_deref(), Some(ADDRESS));
}

#[tokio::test]
async fn without_a_wait_and_for_administrators_an_address_is_good_at_once() {
    let (directory, louise) = self_service(0).await;
    set_own(&directory, &louise, &[NEW_ADDRESS]).await;
    assert_eq!(reached(&directory, "louise").await.0.as_deref(), Some(NEW_ADDRESS));
    let (directory, louise) = self_service(86_400).await;
    replace(&directory, "louise", "binderyRole", &["administrator"]).await;
    set(&directory, &louise, &[NEW_ADDRESS]).await;
    assert_eq!(reached(&directory, "louise").await.0.as_deref(), Some(NEW_ADDRESS));
}

#[tokio::test]
async fn an_account_that_is_gone_leaves_nothing_of_its_addresses() {
    let (directory, louise) = self_service(86_400).await;
    set_own(&directory, &louise, &[NEW_ADDRESS]).await;
    directory.delete(&SYSTEM, &dn("louise")).await.unwrap();
    let rows = directory.store.read::<_, Infallible, _>(|view| view.scan(b"h", b"i", 9)).await.unwrap();
    assert!(rows.is_empty());
    assert_eq!(told(&directory).await, [], "whose it was is gone");
}
