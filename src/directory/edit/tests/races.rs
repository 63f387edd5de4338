//! Many who change the same at once, on every engine.

use super::*;

fn stores() -> (tempfile::TempDir, [Store; 2]) {
    let dir = tempfile::tempdir().unwrap();
    let redb = Store::open(&dir.path().join("bindery.redb"), crate::store::FileSettings::default()).unwrap();
    (dir, [Store::in_memory(), redb])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_who_add_the_same_login_at_once_is_told_yes() {
    let (_dir, stores) = stores();
    for store in stores {
        let directory = Arc::new(directory_over(store).await);
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let directory = directory.clone();
                tokio::spawn(async move {
                    let attributes = [("objectClass", "inetOrgPerson"), ("cn", "L"), ("sn", "L")];
                    add(&directory, &format!("uid=louise,{PEOPLE}"), &attributes).await
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => made += 1,
                Err(error) => assert!(matches!(error, Told::Account(AccountError::UidTaken(_))), "{error:?}"),
            }
        }
        assert_eq!(made, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_administrators_who_disable_each_other_one_is_refused() {
    let (_dir, stores) = stores();
    for store in stores {
        let directory = Arc::new(directory_over(store).await);
        for uid in ["one", "two"] {
            add_person(&directory, uid, &[("binderyRole", "administrator")]).await;
        }
        for _ in 0..20 {
            let disable = |caller: Caller, whom: &str| {
                let (directory, whom) = (directory.clone(), dn(&format!("uid={whom},{PEOPLE}")));
                tokio::spawn(async move { directory.modify(&caller, &whom, vec![replace("accountStatus", &["disabled"])]).await })
            };
            let (one, two) = (caller(&directory, "one").await, caller(&directory, "two").await);
            let (first, second) = (disable(one, "two"), disable(two, "one"));
            let outcomes = [first.await.unwrap(), second.await.unwrap()];
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
            for uid in ["one", "two"] {
                modify(&directory, &format!("uid={uid},{PEOPLE}"), &[replace("accountStatus", &["active"])]).await.unwrap();
            }
        }
    }
}
