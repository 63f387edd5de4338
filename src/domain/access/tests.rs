//! The access table as a whole, and that every cell of it is what the code says.

use super::*;

// Every subject and object of the grids; what is not named in an object is another's.
const SELF: Id = Id(1);
const OTHER: Id = Id(2);
const OWNED: Id = Id(10);
const FOREIGN: Id = Id(11);
const LIMIT: Id = Id(20);

fn subject(name: &str) -> Subject {
    let person = |role| Subject::Account(PersonSubject { id: SELF, role, owned_teams: vec![OWNED] });
    let service = |limited_to, may_reset_passwords| Subject::Service { id: SELF, limited_to, may_reset_passwords };
    match name {
        "anonymous" => Subject::Anonymous,
        // One that was a manager: what they owned is still written down.
        "user" => person(Role::User),
        "manager" => person(Role::Manager),
        "admin" => person(Role::Administrator),
        "system" => Subject::System,
        "service" => service(None, false),
        "limited" => service(Some(LIMIT), false),
        "reset" => service(None, true),
        "lim+reset" => service(Some(LIMIT), true),
        _ => panic!("{name}"),
    }
}

fn object(name: &str) -> Object {
    let account = |id, role, team| Object::Account { id, role, team, in_limited_group: false };
    match name {
        "root" => Object::Root,
        "schema" => Object::Subschema,
        "struct" => Object::Structure,
        // The account of the one who asks, in a team that they own. Its role must not matter: the subject's does.
        "self" => account(SELF, Role::User, Some(OWNED)),
        "t.user" => account(OTHER, Role::User, Some(OWNED)),
        "t.mgr" => account(OTHER, Role::Manager, Some(OWNED)),
        "t.adm" => account(OTHER, Role::Administrator, Some(OWNED)),
        "user" => account(OTHER, Role::User, Some(FOREIGN)),
        "mgr" => account(OTHER, Role::Manager, Some(FOREIGN)),
        "adm" => account(OTHER, Role::Administrator, None),
        "l.user" => Object::Account { id: OTHER, role: Role::User, team: None, in_limited_group: true },
        "l.adm" => Object::Account { id: OTHER, role: Role::Administrator, team: None, in_limited_group: true },
        "group" => Object::Group { id: OTHER, member: false },
        "m.group" => Object::Group { id: OTHER, member: true },
        "l.group" => Object::Group { id: LIMIT, member: false },
        "team" => Object::Team { id: FOREIGN, member: false },
        "m.team" => Object::Team { id: FOREIGN, member: true },
        "o.team" => Object::Team { id: OWNED, member: false },
        "service" => Object::Service { id: OTHER },
        "s.self" => Object::Service { id: SELF },
        _ => panic!("{name}"),
    }
}

/// Calls `check` for every cell of a grid: subject, object, what the cell says.
fn for_each_cell(grid: &str, check: impl FnMut(&str, &str, &str)) {
    for_each_cell_of(grid, 21, check);
}

/// The same, of a grid with another number of columns.
fn for_each_cell_of(grid: &str, width: usize, mut check: impl FnMut(&str, &str, &str)) {
    let mut lines = grid.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|line| !line.is_empty());
    let columns = lines.next().unwrap();
    let mut rows = 0;
    for line in lines {
        assert_eq!(line.len(), columns.len(), "{line:?}");
        for (column, cell) in columns.iter().zip(&line).skip(1) {
            check(line[0], column, cell);
        }
        rows += 1;
    }
    assert_eq!((rows, columns.len()), (9, width), "the grid is whole");
}

fn every_setting() -> impl Iterator<Item = AccessSettings> {
    (0..16).map(|bits| AccessSettings {
        address_book: bits & 1 != 0,
        self_mail: bits & 2 != 0,
        self_telephone: bits & 4 != 0,
        managers_add: bits & 8 != 0,
    })
}

/// `E` everything, `t` all but the team, `b` the address book where the setting allows it, `-` nothing.
const READS: &str = "
    who        root schema struct self t.user t.mgr t.adm user mgr adm l.user l.adm group m.group l.group team m.team o.team service s.self
    anonymous  E    E      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    user       E    E      E      E    b      b     b     b    b   b   b      b     -     E       -       -    E      -      -       -
    manager    E    E      E      E    E      E     E     b    b   b   b      b     -     E       -       -    E      E      -       -
    admin      E    E      E      E    E      E     E     E    E   E   E      E     E     E       E       E    E      E      E       E
    system     E    E      E      E    E      E     E     E    E   E   E      E     E     E       E       E    E      E      E       E
    service    E    E      E      E    E      E     E     E    E   E   E      E     E     E       E       E    E      E      -       E
    limited    E    E      E      -    -      -     -     -    -   -   t      t     -     -       E       -    -      -      -       E
    reset      E    E      E      E    E      E     E     E    E   E   E      E     E     E       E       E    E      E      -       E
    lim+reset  E    E      E      -    -      -     -     -    -   -   t      t     -     -       E       -    -      -      -       E
";

/// `Y` yes, `o` with the old password, `-` no.
const SETS_PASSWORD: &str = "
    who        root schema struct self t.user t.mgr t.adm user mgr adm l.user l.adm group m.group l.group team m.team o.team service s.self
    anonymous  -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    user       -    -      -      o    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    manager    -    -      -      o    Y      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    admin      -    -      -      o    Y      Y     Y     Y    Y   Y   Y      Y     -     -       -       -    -      -      Y       Y
    system     -    -      -      Y    Y      Y     Y     Y    Y   Y   Y      Y     -     -       -       -    -      -      Y       Y
    service    -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    limited    -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    reset      -    -      -      Y    Y      Y     -     Y    Y   -   Y      -     -     -       -       -    -      -      -       -
    lim+reset  -    -      -      -    -      -     -     -    -   -   Y      -     -     -       -       -    -      -      -       -
";

/// `E` everything that is not the server's, `r` that but the role, `s` the sheet, `c` mail and telephone where the
/// settings allow it, `-` nothing.
const CHANGES: &str = "
    who        root schema struct self t.user t.mgr t.adm user mgr adm l.user l.adm group m.group l.group team m.team o.team service s.self
    anonymous  -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    user       -    -      -      c    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    manager    -    -      -      c    s      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    admin      -    -      -      r    E      E     E     E    E   E   E      E     E     E       E       E    E      E      E       E
    system     -    -      -      E    E      E     E     E    E   E   E      E     E     E       E       E    E      E      E       E
    service    -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    limited    -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    reset      -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    lim+reset  -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
";

/// `Y` yes, `-` no.
const ENDS_SESSIONS: &str = "
    who        root schema struct self t.user t.mgr t.adm user mgr adm l.user l.adm group m.group l.group team m.team o.team service s.self
    anonymous  -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    user       -    -      -      Y    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    manager    -    -      -      Y    Y      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    admin      -    -      -      Y    Y      Y     Y     Y    Y   Y   Y      Y     -     -       -       -    -      -      -       -
    system     -    -      -      Y    Y      Y     Y     Y    Y   Y   Y      Y     -     -       -       -    -      -      -       -
    service    -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    limited    -    -      -      -    -      -     -     -    -   -   -      -     -     -       -       -    -      -      -       -
    reset      -    -      -      Y    Y      Y     -     Y    Y   -   Y      -     -     -       -       -    -      -      -       -
    lim+reset  -    -      -      -    -      -     -     -    -   -   Y      -     -     -       -       -    -      -      -       -
";

/// By role and team of the new person: `Y` yes, `s` where the setting allows it, `-` no.
const ADDS_PERSON: &str = "
    who        user/owned user/foreign user/none manager/owned administrator/owned
    anonymous  -          -            -         -             -
    user       -          -            -         -             -
    manager    s          -            -         -             -
    admin      Y          Y            Y         Y             Y
    system     Y          Y            Y         Y             Y
    service    -          -            -         -             -
    limited    -          -            -         -             -
    reset      -          -            -         -             -
    lim+reset  -          -            -         -             -
";

#[test]
fn every_cell_of_what_is_read() {
    for settings in every_setting() {
        for_each_cell(READS, |who, what, cell| {
            let wanted = match cell {
                "E" => Reads::Everything,
                "t" => Reads::AllButTeam,
                "b" if settings.address_book => Reads::AddressBook,
                "b" | "-" => Reads::Nothing,
                _ => panic!("{cell}"),
            };
            assert_eq!(reads(&subject(who), &object(what), &settings), wanted, "{who} {what} {settings:?}");
        });
    }
}

#[test]
fn every_cell_of_whose_password_is_set() {
    for_each_cell(SETS_PASSWORD, |who, what, cell| {
        let wanted = match cell {
            "Y" => PasswordRight::Yes,
            "o" => PasswordRight::WithOldPassword,
            "-" => PasswordRight::No,
            _ => panic!("{cell}"),
        };
        assert_eq!(sets_password(&subject(who), &object(what)), wanted, "{who} {what}");
    });
}

#[test]
fn every_cell_of_what_is_changed() {
    for settings in every_setting() {
        for_each_cell(CHANGES, |who, what, cell| {
            for attribute in Attribute::all() {
                let sheet = ["cn", "sn", "givenName", "displayName", "mail", "telephoneNumber", "departmentNumber"];
                let free = attribute.name() != "userPassword" && !attribute.is_kept_by_server();
                let wanted = match cell {
                    "E" => free,
                    "r" => free && attribute.name() != "binderyRole",
                    "s" => sheet.contains(&attribute.name()),
                    "c" => match attribute.name() {
                        "mail" => settings.self_mail,
                        "telephoneNumber" => settings.self_telephone,
                        _ => false,
                    },
                    "-" => false,
                    _ => panic!("{cell}"),
                };
                let changed = changes(&subject(who), &object(what), attribute, &settings);
                assert_eq!(changed, wanted, "{who} {what} {attribute:?} {settings:?}");
            }
        });
    }
}

#[test]
fn every_cell_of_whose_sessions_are_ended() {
    for_each_cell(ENDS_SESSIONS, |who, what, cell| {
        let wanted = match cell {
            "Y" => true,
            "-" => false,
            _ => panic!("{cell}"),
        };
        assert_eq!(ends_sessions(&subject(who), &object(what)), wanted, "{who} {what}");
    });
}

#[test]
fn every_cell_of_who_adds_whom() {
    for settings in every_setting() {
        for_each_cell_of(ADDS_PERSON, 6, |who, what, cell| {
            let wanted = match cell {
                "Y" => true,
                "s" => settings.managers_add,
                "-" => false,
                _ => panic!("{cell}"),
            };
            let (role, team) = what.split_once('/').unwrap();
            let team = match team {
                "owned" => Some(OWNED),
                "foreign" => Some(FOREIGN),
                "none" => None,
                _ => panic!("{team}"),
            };
            let adds = adds_person(&subject(who), Role::from_word(role).unwrap(), team, &settings);
            assert_eq!(adds, wanted, "{who} {what} {settings:?}");
        });
    }
}

#[test]
fn who_sets_a_mail_address_may_set_the_password_too() {
    for_each_cell(CHANGES, |who, what, _| {
        if changes(&subject(who), &object(what), Attribute::Mail, &AccessSettings::default())
            && matches!(object(what), Object::Account { .. })
        {
            assert_ne!(sets_password(&subject(who), &object(what)), PasswordRight::No, "{who} {what}");
        }
    });
}

#[test]
fn no_reading_covers_a_credential() {
    let covered = |reads: Reads| Attribute::all().filter(|attribute| reads.covers(*attribute)).map(Attribute::name).collect::<Vec<_>>();
    assert!(covered(Reads::Nothing).is_empty());
    assert_eq!(covered(Reads::AddressBook), ["objectClass", "uid", "cn", "sn", "givenName", "displayName", "mail"]);
    assert_eq!(covered(Reads::Everything).len(), Attribute::all().count() - 1);
    assert!(!covered(Reads::AllButTeam).iter().any(|name| ["userPassword", "departmentNumber"].contains(name)));
    assert_eq!(covered(Reads::AllButTeam).len(), Attribute::all().count() - 2);
    assert!(!covered(Reads::Everything).contains(&"userPassword"));
}

#[test]
fn administrators_administer_and_managers_move_within_their_teams() {
    for (who, owned, foreign, administered) in [
        ("anonymous", false, false, false),
        ("user", false, false, false),
        ("manager", true, false, false),
        ("admin", true, true, true),
        ("system", true, true, true),
        ("service", false, false, false),
        ("limited", false, false, false),
        ("reset", false, false, false),
        ("lim+reset", false, false, false),
    ] {
        assert_eq!(moves_into(&subject(who), OWNED), owned, "{who}");
        assert_eq!(moves_into(&subject(who), FOREIGN), foreign, "{who}");
        assert_eq!(administers(&subject(who)), administered, "{who}");
    }
}
