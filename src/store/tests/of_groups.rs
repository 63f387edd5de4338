//! Groups and teams: names, numbers, members and owners.

use super::*;

#[tokio::test]
async fn numbers_are_given_in_order_and_never_twice() {
    let range = NumberRange { first: 10, last: 14 };
    for store in stores() {
        let next = async |store: &Store| run(store, move |view| numbers::allot::<NumbersUsedUp>(view, Series::Uid, range)).await;
        // Given by hand within the range.
        add(&store, Account { uid_number: 11, ..account(1, "byhand") }).await.unwrap();
        add(&store, Account { uid_number: 12, ..account(2, "byhand2") }).await.unwrap();
        assert_eq!(next(&store).await, Ok(10));
        add(&store, Account { uid_number: 10, ..account(3, "first") }).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(3))).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.unwrap();
        assert_eq!(next(&store).await, Ok(13), "10 and 11 were somebody's, 12 is");
        assert_eq!(next(&store).await, Ok(14));
        let used_up = next(&store).await.unwrap_err();
        assert_eq!(used_up.to_string(), "all uidNumber from 10 to 14 have been given out; the administrator can raise posix.uid_max");
        // Who asks for a number that nobody has any more gets it: a restored account is the same person.
        add(&store, Account { uid_number: 10, ..account(4, "restored") }).await.unwrap();
        assert_eq!(add(&store, Account { uid_number: 12, ..account(5, "other") }).await, Err(AccountError::NumberTaken(12)));
        assert_eq!(run(&store, move |view| numbers::allot::<NumbersUsedUp>(view, Series::Gid, range)).await, Ok(10), "a series of its own");
    }
}

#[tokio::test]
async fn groups_and_teams_have_names_and_numbers_of_their_own() {
    for store in stores() {
        add_group(&store, group(1, GroupKind::Group, "Sales")).await.unwrap();
        add_group(&store, group(2, GroupKind::Team, "Sales")).await.unwrap();
        for (new, text) in [
            (group(3, GroupKind::Group, "sales"), "the name \"sales\" is taken by another group; choose another one"),
            (group(3, GroupKind::Team, "SALES"), "the name \"SALES\" is taken by another team; choose another one"),
            (
                Group { gid_number: 20_001, ..group(3, GroupKind::Team, "new") },
                "the gidNumber 20001 belongs to another group or team; choose another one, or leave it out to be given the next free one",
            ),
            (
                Group { owners: vec![Id(404)], ..group(3, GroupKind::Team, "new") },
                "an owner is an account, and that one is not there any more",
            ),
            (
                Group { owners: (0..17).map(Id).collect(), ..group(3, GroupKind::Team, "new") },
                "a team has 16 owners at most; take some away",
            ),
        ] {
            assert_eq!(add_group(&store, new).await.unwrap_err().to_string(), text);
        }
        run(&store, |view| groups::replace::<GroupError>(view, &group(1, GroupKind::Group, "Staff"))).await.unwrap();
        assert_eq!(read(&store, |view| groups::id_of(view, GroupKind::Group, "sales")).await, None);
        assert_eq!(read(&store, |view| groups::id_of(view, GroupKind::Group, "staff")).await, Some(Id(1)));
        assert_eq!(read(&store, |view| groups::id_of(view, GroupKind::Team, "sales")).await, Some(Id(2)));
        assert_eq!(run(&store, |view| groups::delete(view, Id(404))).await, Err(GroupError::Gone));
    }
}

#[tokio::test]
async fn an_account_is_in_one_team_and_in_two_hundred_groups() {
    for store in stores() {
        add(&store, account(1, "louise")).await.unwrap();
        let (sales, support) = (group(1001, GroupKind::Team, "sales"), group(1002, GroupKind::Team, "support"));
        add_group(&store, sales.clone()).await.unwrap();
        add_group(&store, support.clone()).await.unwrap();
        join(&store, &sales, 1).await.unwrap();
        assert_eq!(
            join(&store, &support, 1).await.unwrap_err().to_string(),
            "\"louise\" is in the team \"sales\", and nobody is in two teams; take them out of it first, or set their departmentNumber \
             to \"support\" to move them"
        );
        assert_eq!(join(&store, &sales, 1).await.unwrap_err().to_string(), "\"louise\" is a member of \"sales\" already");
        assert_eq!(join(&store, &sales, 404).await, Err(MembershipError::Gone));
        let moved = support.clone();
        run(&store, move |view| memberships::move_to_team::<MembershipError>(view, Id(1), Some(&moved))).await.unwrap();
        assert_eq!(read(&store, |view| groups::team_of(view, Id(1))).await, Some(support));
        assert!(!read(&store, |view| groups::is_member(view, Id(1001), Id(1))).await);

        for n in 0..MAX_GROUPS as u64 {
            let group = group(2000 + n, GroupKind::Group, &format!("g{n}"));
            add_group(&store, group.clone()).await.unwrap();
            join(&store, &group, 1).await.unwrap();
        }
        let one_more = group(3000, GroupKind::Group, "one more");
        add_group(&store, one_more.clone()).await.unwrap();
        assert_eq!(
            join(&store, &one_more, 1).await.unwrap_err().to_string(),
            "\"louise\" is in 200 groups already, which is the most one account may be in; take them out of another group first"
        );
        assert_eq!(read(&store, |view| groups::of_account(view, Id(1))).await.len(), MAX_GROUPS + 1);
        run(&store, move |view| memberships::remove::<MembershipError>(view, &group(2000, GroupKind::Group, "g0"), Id(1))).await.unwrap();
        let again = run(&store, move |view| memberships::remove(view, &group(2000, GroupKind::Group, "g0"), Id(1))).await;
        assert_eq!(again.map_err(|error: MembershipError| error.to_string()), Err("\"louise\" is not a member of \"g0\"".into()));
        join(&store, &one_more, 1).await.unwrap();

        // More memberships than a rule may write: the account is gone at once, the rest follows.
        assert_eq!(run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await, Ok(Cleared::Partly));
        assert_eq!(read(&store, |view| accounts::load(view, Id(1))).await, None);
        clear_all(&store, Owner::Account(Id(1))).await;
        assert!(read(&store, |view| groups::of_account(view, Id(1))).await.is_empty());
        assert!(read(&store, |view| groups::members(view, Id(3000), Id(0), 9)).await.is_empty());
    }
}

async fn clear_all(store: &Store, what: Owner) {
    assert_eq!(read(store, |view| memberships::left_to_clear(view, 9)).await, [what]);
    let mut rounds = 0;
    while run(store, move |view| memberships::clear::<()>(view, what)).await.unwrap() == Cleared::Partly {
        rounds += 1;
        assert!(rounds < 100, "it never ends");
    }
    assert!(rounds > 0, "one round is not what this tests");
    assert!(read(store, |view| memberships::left_to_clear(view, 9)).await.is_empty());
    // After a crash it may be run once more.
    assert_eq!(run(store, move |view| memberships::clear::<()>(view, what)).await, Ok(Cleared::Whole));
}

#[tokio::test]
async fn a_large_group_disappears_at_once_and_is_cleared_away_by_and_by() {
    for store in stores() {
        let big = group(1, GroupKind::Team, "big");
        add_group(&store, big.clone()).await.unwrap();
        for id in 100..200 {
            add(&store, account(id, &format!("user{id}"))).await.unwrap();
            join(&store, &big, id).await.unwrap();
        }
        assert_eq!(read(&store, |view| groups::members(view, Id(1), Id(150), 3)).await, [Id(150), Id(151), Id(152)]);
        assert_eq!(run(&store, |view| groups::delete::<GroupError>(view, Id(1))).await, Ok(Cleared::Partly));
        assert_eq!(read(&store, |view| groups::id_of(view, GroupKind::Team, "big")).await, None);
        assert_eq!(read(&store, |view| groups::team_of(view, Id(199))).await, None, "a team that is being deleted is none");
        let other = group(2, GroupKind::Team, "other");
        add_group(&store, other.clone()).await.unwrap();
        join(&store, &other, 199).await.unwrap();
        clear_all(&store, Owner::Group(Id(1))).await;
        assert_eq!(read(&store, |view| groups::of_account(view, Id(199))).await, [Id(2)]);
        assert!(read(&store, |view| groups::of_account(view, Id(150))).await.is_empty());
    }
}

#[tokio::test]
async fn owners_are_kept_both_ways() {
    for store in stores() {
        add(&store, account(1, "chef")).await.unwrap();
        for n in 0..6 {
            add_group(&store, Group { owners: vec![Id(1)], ..group(10 + n, GroupKind::Team, &format!("t{n}")) }).await.unwrap();
        }
        run(&store, |view| groups::replace::<GroupError>(view, &group(10, GroupKind::Team, "t0"))).await.unwrap();
        assert_eq!(read(&store, |view| groups::owned_teams(view, Id(1))).await, (11..16).map(Id).collect::<Vec<_>>());
        run(&store, |view| groups::delete::<GroupError>(view, Id(11))).await.map(|cleared| assert_eq!(cleared, Cleared::Whole)).unwrap();
        assert_eq!(read(&store, |view| groups::owned_teams(view, Id(1))).await.len(), 4);
        assert_eq!(run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await, Ok(Cleared::Whole));
        assert!(read(&store, |view| groups::load(view, Id(12))).await.unwrap().owners.is_empty());
        assert!(read(&store, |view| groups::owned_teams(view, Id(1))).await.is_empty());
    }
}
