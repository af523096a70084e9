//! 审核 in the portal: who may, of what they saw, and how it goes down to the tablets.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use axum::http::StatusCode;
use stackside_core::act::{Act, Appealed, EntryRef, RecordSigned};
use stackside_core::evidence::Entry;
use stackside_core::id::{ReviewId, VisitId};
use stackside_core::review::{Review, ReviewVerdict};
use stackside_core::wire::{Change, ChangesReply};
use stackside_server::access::Role;
use support::forms::{self, act, strokes};
use support::later::{corrected, voided};
use support::{City, Reply, Tablet, file, new_id, sign_in};

const ZERO: &str = "analyser/DA001-SO2/zero.before";

/// A city with a signed record at its first stack.
struct World {
    city: City,
    tablet: Tablet,
    content: RecordSigned,
    entry: Entry,
}

impl World {
    async fn new() -> Self {
        let city = City::new();
        let mut tablet = city.tablet().await;
        let visit = VisitId::new(new_id());
        let answers = [(ZERO, "1.5")];
        let content = forms::signed(&city, ("HJ75-G4", 1), Some(visit), "demo-stack-1", &answers, &[]);
        let entries = [
            tablet.first(),
            tablet.make(&sign_in(visit, "demo-stack-1")),
            tablet.make(&act(content.clone())),
        ];
        tablet.receipt(&city, &entries).await;
        let [.., entry] = entries;
        Self { city, tablet, content, entry }
    }
    async fn person(&self, login: &str, role: Role, organisation: &str) -> Person<'_> {
        self.city.add_user(login, role, organisation);
        Person { world: self, cookie: self.city.log_in(login).await }
    }
    async fn take(&mut self, act: &Act) -> Entry {
        let entry = self.tablet.make(act);
        self.tablet.receipt(&self.city, std::slice::from_ref(&entry)).await;
        entry
    }
    /// What went down to another tablet of the operator.
    async fn reviews(&self) -> Vec<Review> {
        let page: ChangesReply = self.tablet.get(&self.city, "/api/v1/changes?since=0&wire=3").await.json();
        let review = |change| match change {
            Change::Review(signed) => Some(signed.verify(self.city.app.public_key()).unwrap()),
            _ => None,
        };
        page.changes.into_iter().filter_map(review).collect()
    }
    fn path(&self) -> String {
        format!("/records/{}", self.content.record)
    }
}

struct Person<'w> {
    world: &'w World,
    cookie: String,
}

/// What a page's form brings back by itself.
#[derive(Clone)]
struct Opened {
    version: String,
    seen: String,
}

impl Person<'_> {
    async fn get(&self, path: &str) -> Reply {
        self.world.city.send("GET", path, &[("cookie", &self.cookie)], "").await
    }
    async fn open(&self) -> Option<Opened> {
        let page = self.get(&self.world.path()).await.text();
        let value = |name: &str| {
            let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
            Some(rest.split('"').next().unwrap().to_owned())
        };
        Some(Opened { version: value("version")?, seen: value("seen")? })
    }
    async fn send(&self, opened: &Opened, verdict: &str, rest: &str) -> Reply {
        let form = format!("version={}&seen={}&verdict={verdict}{rest}", opened.version, opened.seen);
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("origin", "http://server.test"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.world.city.send("POST", &format!("{}/review", self.world.path()), &headers, form).await
    }
    async fn lists(&self, query: &str) -> bool {
        let page = self.get(&format!("/reviews{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        page.text().contains(&self.world.path())
    }
}

fn appeal(entry: &Entry, content: &RecordSigned, review: ReviewId) -> Act {
    let header = entry.read_header().unwrap();
    Act::Appealed(Box::new(Appealed {
        record: content.record,
        visit: content.visit,
        point: content.point.clone(),
        version: EntryRef { device: header.device, log: header.log, seq: header.seq, hash: entry.hash() },
        review,
        reason: "现场读数就是 1.5".into(),
        technician: "demo-tech-a".parse().unwrap(),
        signature: file(&strokes(), "application/json"),
    }))
}

#[tokio::test]
async fn a_record_is_returned_with_words_at_its_answer_corrected_and_accepted() {
    let mut world = World::new().await;
    {
        let anna = world.person("anna", Role::Supervisor, "demo-operator").await;
        assert!(
            anna.lists("").await && anna.lists("?state=not_reviewed&point=demo-stack-1&form=HJ75-G4").await
        );
        for other in [
            "?state=returned",
            "?point=demo-outfall",
            "?form=HJ75-G5",
            "?from=2026-11-24",
            "?until=2026-11-22",
        ] {
            assert!(!anna.lists(other).await, "{other}");
        }
        assert!(anna.lists("?from=2026-11-23&until=2026-11-23").await);
        let page = anna.open().await.unwrap();
        let words =
            format!("&at%3A{}=%3Cb%3E%E5%B0%91%E4%B8%80%E4%BD%8D&general=+", ZERO.replace('/', "%2F"));
        assert_eq!(anna.send(&page, "returned", &words).await.status, StatusCode::SEE_OTHER);
        assert_eq!(anna.send(&page, "returned", &words).await.status, StatusCode::SEE_OTHER, "a second tap");
        assert!(anna.lists("?state=returned").await && !anna.lists("?state=not_reviewed").await);
        let text = anna.get(&world.path()).await.text();
        assert!(text.contains("&#60;b&#62;少一位") && !text.contains("<b>少一位"), "what was typed is text");
        let reviews = world.reviews().await;
        assert_eq!(reviews.len(), 1, "once, though it was sent twice");
        assert_eq!((reviews[0].verdict, reviews[0].general.as_deref()), (ReviewVerdict::Returned, None));
        assert_eq!(reviews[0].comments[&ZERO.parse().unwrap()], "<b>少一位");
        assert_eq!(reviews[0].version.hash, world.entry.hash());
        assert_eq!(
            (reviews[0].reviewer.name.as_str(), reviews[0].reviewer.role.as_str()),
            ("anna", "supervisor")
        );
    }
    let (entry, content) = (world.entry.clone(), world.content.clone());
    world.take(&corrected(&entry, &content, &[(ZERO, "1.55")])).await;
    let cookie = world.city.log_in("anna").await;
    let anna = Person { world: &world, cookie };
    assert!(anna.lists("?state=corrected").await && anna.lists("").await);
    let page = anna.open().await.unwrap();
    assert_eq!(anna.send(&page, "accepted", "").await.status, StatusCode::SEE_OTHER);
    assert!(!anna.lists("").await && anna.lists("?state=accepted").await);
    let versions = anna.get(&format!("{}/versions", world.path())).await.text();
    assert!(
        versions.contains("已审核") && versions.contains("已退回"),
        "each version with what was said of it"
    );
}

#[tokio::test]
async fn an_appeal_waits_for_the_supervisor_who_says_a_second_word() {
    let mut world = World::new().await;
    {
        let anna = world.person("anna", Role::OperatorAdmin, "demo-operator").await;
        let page = anna.open().await.unwrap();
        anna.send(&page, "returned", "&general=why").await;
    }
    let review = world.reviews().await[0].id;
    let (entry, content) = (world.entry.clone(), world.content.clone());
    world.take(&appeal(&entry, &content, review)).await;
    let cookie = world.city.log_in("anna").await;
    let anna = Person { world: &world, cookie };
    assert!(anna.lists("?state=appealed").await);
    assert!(anna.get(&world.path()).await.text().contains("现场读数就是 1.5"));
    let page = anna.open().await.unwrap();
    assert_eq!(anna.send(&page, "accepted", "&general=ok").await.status, StatusCode::SEE_OTHER);
    assert!(anna.lists("?state=accepted").await);
    assert_eq!(world.reviews().await.len(), 2);
}

#[tokio::test]
async fn nothing_is_written_of_what_the_reviewer_did_not_see() {
    let mut world = World::new().await;
    let stale = {
        let anna = world.person("anna", Role::Supervisor, "demo-operator").await;
        let first = anna.open().await.unwrap();
        let empty = anna.send(&first, "returned", "&general=+&at%3Aheader%2Fenterprise=").await;
        assert_eq!(empty.status, StatusCode::BAD_REQUEST);
        assert!(empty.text().contains("退回要有理由"));
        let long = "x".repeat(501);
        for (fields, why) in [
            (format!("&general={long}"), "too long"),
            ("&at%3Anobody%2Fknows=x".to_owned(), "not of this record"),
            ("&at%3Anokey=x".to_owned(), "no key at all"),
        ] {
            assert_eq!(anna.send(&first, "returned", &fields).await.status, StatusCode::BAD_REQUEST, "{why}");
        }
        assert_eq!(anna.send(&first, "praised", "").await.status, StatusCode::NOT_FOUND);
        let boris = world.person("boris", Role::Supervisor, "demo-operator").await;
        assert_eq!(boris.send(&first, "accepted", "").await.status, StatusCode::SEE_OTHER);
        let late = anna.send(&first, "returned", "&general=no").await;
        assert_eq!(late.status, StatusCode::CONFLICT, "another said something meanwhile");
        anna.open().await.unwrap()
    };
    let (entry, content) = (world.entry.clone(), world.content.clone());
    let newer = world.take(&corrected(&entry, &content, &[(ZERO, "1.55")])).await;
    {
        let anna = Person { world: &world, cookie: world.city.log_in("anna").await };
        let late = anna.send(&stale, "returned", "&general=no").await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text().contains("什么都没有改动"));
        assert_eq!(world.reviews().await.len(), 1);
    }
    world.take(&voided(&newer, &content, false)).await;
    let anna = Person { world: &world, cookie: world.city.log_in("anna").await };
    assert!(anna.open().await.is_none() && !anna.lists("").await, "what counts no more is not reviewed");
}

#[tokio::test]
async fn each_role_reviews_what_is_its_own_and_others_only_read() {
    let world = World::new().await;
    let all = [
        ("admin", Role::OperatorAdmin, "demo-operator", true, true),
        ("supervisor", Role::Supervisor, "demo-operator", true, true),
        ("here", Role::Regulator, "CN", true, true),
        ("elsewhere", Role::Regulator, "CN-99", false, false),
        ("discharger", Role::Discharger, "demo-power", true, false),
        ("patrol", Role::PatrolInspector, "CN", true, false),
    ];
    for (login, role, organisation, sees, may_review) in all {
        let person = world.person(login, role, organisation).await;
        let page = person.get(&world.path()).await;
        assert_eq!(page.status == StatusCode::OK, sees, "{login}");
        assert_eq!(person.open().await.is_some(), may_review, "{login}");
        assert_eq!(person.lists("").await, may_review, "{login}");
        let nav = person.get("/visits").await.text().contains("href=\"/reviews\"");
        assert_eq!(nav, role != Role::Discharger && role != Role::PatrolInspector, "{login}");
    }
    let admin = Person { world: &world, cookie: world.city.log_in("admin").await };
    let opened = admin.open().await.unwrap();
    for (login, ..) in all.into_iter().filter(|(.., may_review)| !may_review) {
        let person = Person { world: &world, cookie: world.city.log_in(login).await };
        assert_eq!(person.send(&opened, "accepted", "").await.status, StatusCode::NOT_FOUND, "{login}");
    }
    let headers = [("cookie", admin.cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let form = format!("version={}&seen=&verdict=accepted", opened.version);
    let from_elsewhere = world.city.send("POST", &format!("{}/review", world.path()), &headers, form).await;
    assert_eq!(from_elsewhere.status, StatusCode::FORBIDDEN);
    assert!(world.reviews().await.is_empty());
    let here = Person { world: &world, cookie: world.city.log_in("here").await };
    here.send(&opened, "accepted", "").await;
    let discharger = Person { world: &world, cookie: world.city.log_in("discharger").await };
    let page = discharger.get(&world.path()).await.text();
    assert!(page.contains("已审核") && page.contains("管理部门"), "the result is for all who see the record");
}
