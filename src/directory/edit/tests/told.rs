//! What the audit says of the values that an edit changes.

use super::*;
use crate::directory::fixture::audited;
use crate::domain::audit::MAX_VALUES;
use crate::observe::audit::words;

/// What each row of the audit says, but for its event.
async fn told(directory: &Directory) -> Vec<String> {
    audited(directory).await.iter().map(|row| words(row).1).collect()
}

#[tokio::test]
async fn a_row_says_who_was_put_where_and_what_was_given_to_whom() {
    let directory = directory().await;
    for uid in ["anne", "bob", "carl"] {
        add_person(&directory, uid, &[]).await;
    }
    add_person(&directory, "root", &[("binderyRole", "administrator")]).await;
    let (vpn, law, shop) = (format!("cn=vpn,{GROUPS}"), format!("cn=law,{TEAMS}"), "uid=shop,ou=services,dc=example,dc=org".to_owned());
    let bob = "uid=bob,ou=people,dc=example,dc=org";
    add(&directory, &vpn, &[("objectClass", "groupOfNames"), ("member", "anne")]).await.unwrap();
    add(&directory, &law, &[("objectClass", "groupOfNames"), ("owner", "anne")]).await.unwrap();
    let limited = [("objectClass", "account"), ("binderyLimitedTo", "vpn"), ("binderyGrant", "password-reset")];
    add(&directory, &shop, &limited).await.unwrap();
    for (dn, change) in [
        (vpn.as_str(), put("member", &["carl"])),
        (&vpn, replace("memberUid", &["anne"])),
        (&law, replace("owner", &["carl"])),
        (bob, put("departmentNumber", &["law"])),
        (bob, replace("binderyRole", &["administrator"])),
        (bob, replace("accountStatus", &["disabled"])),
        (bob, put("accountExpires", &["20301122093000Z"])),
        (bob, put("mail", &["bob@example.org"])),
        (bob, replace("mail", &["bob@example.com"])),
        (&shop, take("binderyGrant", &[])),
        (&shop, take("binderyLimitedTo", &[])),
    ] {
        modify(&directory, dn, &[change]).await.unwrap();
    }
    let told = told(&directory).await;
    for values in [
        "member +\"anne\"",
        "owner +\"anne\"",
        "binderyGrant +\"password-reset\", binderyLimitedTo +\"vpn\"",
        "member +\"carl\"",
        "memberUid -\"carl\"",
        "owner -\"anne\" +\"carl\"",
        "departmentNumber +\"law\"",
        "binderyRole -\"user\" +\"administrator\"",
        "accountStatus -\"active\" +\"disabled\"",
        "accountExpires +\"20301122093000Z\"",
        "mail +\"bob@example.org\"",
        "mail -\"bob@example.org\" +\"bob@example.com\"",
        "binderyGrant -\"password-reset\"",
        "binderyLimitedTo -\"vpn\"",
    ] {
        assert!(told.iter().any(|row| row.contains(values)), "{values} in {told:#?}");
    }
}

#[tokio::test]
async fn of_many_members_as_many_are_named_as_a_row_holds_and_no_secret_is() {
    let directory = directory().await;
    let logins: Vec<String> = (0..70).map(|n| format!("person{n}")).collect();
    for login in &logins {
        add_person(&directory, login, &[("userPassword", "girafe-volcan-tartine-7")]).await;
    }
    let vpn = format!("cn=vpn,{GROUPS}");
    add(&directory, &vpn, &[("objectClass", "groupOfNames")]).await.unwrap();
    let names: Vec<&str> = logins.iter().map(String::as_str).collect();
    modify(&directory, &vpn, &[put("member", &names)]).await.unwrap();
    let told = told(&directory).await;
    let row = told.iter().find(|row| row.contains("name=cn=vpn") && row.contains("+\"person0\"")).unwrap();
    assert_eq!(names.iter().filter(|name| row.contains(&format!("+\"{name}\""))).count(), MAX_VALUES, "{row}");
    assert!(row.contains(&format!("and {} more", names.len() - MAX_VALUES)), "{row}");
    assert!(!told.iter().any(|row| row.contains("girafe")), "{told:#?}");
}
