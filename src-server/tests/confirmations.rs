//! 排污单位确认: on the tablet, by an account and by a link; who sees what, and what nobody can do.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use axum::http::StatusCode;
use stackside_core::act::{Act, RecordSigned};
use stackside_core::confirmation::{
    Answer, Confirmed, Content, KnownBy, PortalConfirmation, RecordTold, Representative, VisitTold,
};
use stackside_core::definition::Definitions;
use stackside_core::evidence::Entry;
use stackside_core::id::VisitId;
use stackside_core::record::{History, Stamp};
use stackside_core::trust::Signed;
use stackside_core::wire::{Change, ChangesReply, ConfirmationElsewhere};
use stackside_server::access::Role;
use stackside_server::register;
use stackside_server::store::StoreError;
use support::forms::{act, signed, strokes};
use support::later::corrected;
use support::{City, Tablet, file, new_id, sign_in};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const HERE: (&str, &str) = ("origin", "http://server.test");

/// A city where a visit with one record was received, and the people who look at it.
struct Seen {
    city: City,
    tablet: Tablet,
    visit: VisitId,
    content: RecordSigned,
    entries: Vec<Entry>,
    admin: String,
    owner: String,
}

async fn visited() -> Seen {
    let city = City::new();
    city.add_user("anna", Role::OperatorAdmin, "demo-operator");
    city.add_user("otto", Role::Discharger, "demo-power");
    let (admin, owner) = (city.log_in("anna").await, city.log_in("otto").await);
    let mut tablet = city.tablet().await;
    let visit = VisitId::new(new_id());
    let answers = [("analyser/DA001-SO2/zero.before", "1.5"), ("analyser/DA001-SO2/zero.last_after", "0")];
    let content = signed(&city, ("HJ75-G4", 1), Some(visit), "demo-stack-1", &answers, &[]);
    let entries = vec![
        tablet.first(),
        tablet.make(&sign_in(visit, "demo-stack-1")),
        tablet.make(&act(content.clone())),
    ];
    tablet.receipt(&city, &entries).await;
    Seen { city, tablet, visit, content, entries, admin, owner }
}

impl Seen {
    async fn page(&self, cookie: &str, path: &str) -> String {
        self.city.send("GET", path, &[("cookie", cookie)], "").await.text()
    }
    async fn post(&self, cookie: &str, path: &str, body: &str) -> support::Reply {
        let headers = [("cookie", cookie), FORM, HERE];
        self.city.send("POST", path, &headers, body.to_owned()).await
    }
    fn at(&self) -> String {
        format!("/confirmations/{}", self.visit)
    }
    /// The hash of what is shown now.
    async fn hash(&self) -> String {
        hash_in(&self.page(&self.owner, &self.at()).await)
    }
    async fn link(&self) -> String {
        let made =
            self.post(&self.admin, &format!("{}/link", self.at()), "name=李四&phone=13812345678").await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text());
        let text = made.text();
        let start = text.find("/confirm/").unwrap();
        text[start..].split(['<', '"']).next().unwrap().to_owned()
    }
    /// What a tablet makes of the visit by itself.
    fn content(&self) -> Content {
        let definitions = Definitions::built_in().unwrap();
        let instruments = self
            .city
            .app
            .store()
            .read_now::<_, StoreError>(|tx| register::instruments_of(tx, "demo-stack-1"))
            .unwrap();
        let sign_in = &self.entries[1];
        let Act::SignedIn(signed_in) = sign_in.read_act().unwrap() else { panic!() };
        let history = History::begin(&self.entries[2]).unwrap().go_on(&self.entries[3..]);
        Content::of(VisitTold {
            sign_in: &Stamp::of(sign_in, &sign_in.read_header().unwrap()),
            act: &signed_in,
            point: "演示热电 1# 烟囱",
            discharger: "演示热电有限公司",
            technician: "演示·技术员甲",
            records: vec![RecordTold {
                history: &history,
                form: definitions.form("HJ75-G4", Some(1)),
                instruments: &instruments,
                signer: "演示·技术员甲",
            }],
        })
    }
}

fn hash_in(page: &str) -> String {
    let found = page.split("name=\"content_hash\" value=\"").nth(1).unwrap_or_else(|| panic!("{page}"));
    found.split('"').next().unwrap().to_owned()
}

async fn confirmations(city: &City, tablet: &Tablet, wire: u32) -> Vec<ConfirmationElsewhere> {
    let path = format!("/api/v1/changes?since=0&wire={wire}");
    let page: ChangesReply = tablet.get(city, &path).await.json();
    let row = |change| if let Change::Confirmation(row) = change { Some(*row) } else { None };
    page.changes.into_iter().filter_map(row).collect()
}

fn portal(row: &ConfirmationElsewhere) -> &Signed<PortalConfirmation> {
    match row {
        ConfirmationElsewhere::Portal(signed) => signed,
        ConfirmationElsewhere::Tablet(_) => panic!("of a tablet"),
    }
}

#[tokio::test]
async fn the_server_shows_the_very_words_that_the_tablet_shows() {
    let seen = visited().await;
    assert_eq!(seen.hash().await, seen.content().hash().unwrap().to_string());
    let page = seen.page(&seen.owner, &seen.at()).await;
    for words in ["演示热电 1# 烟囱", "演示·技术员甲", "在站点围栏内", "SO2 零点漂移", "未填完", "0 张"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn a_discharger_objects_and_after_a_correction_confirms() {
    let mut seen = visited().await;
    let list = seen.page(&seen.owner, "/confirmations").await;
    assert!(list.contains("未确认") && list.contains("当日还剩 10 小时 0 分"), "{list}");
    let first = seen.hash().await;
    let body = |hash: &str, answer: &str, reason: &str| {
        format!(
            "content_hash={hash}&answer={answer}&reason={reason}&name=李四&post=环保专员&phone=0551-62345678"
        )
    };
    let said = seen.post(&seen.owner, &seen.at(), &body(&first, "objects", "<b>零点不对</b>")).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text());
    let page = seen.page(&seen.admin, &seen.at()).await;
    assert!(page.contains("有异议，待更正") && page.contains("零点不对"), "{page}");
    assert!(!page.contains("<b>零点不对"), "what was typed is no markup");

    let correction = seen.tablet.make(&corrected(
        &seen.entries[2],
        &seen.content,
        &[("analyser/DA001-SO2/zero.before", "2")],
    ));
    seen.tablet.receipt(&seen.city, std::slice::from_ref(&correction)).await;
    seen.entries.push(correction);
    assert!(seen.page(&seen.owner, "/confirmations").await.contains("有变更，需重新确认"));
    let stale = seen.post(&seen.owner, &seen.at(), &body(&first, "confirms", "")).await;
    assert_eq!(stale.status, StatusCode::BAD_REQUEST);
    assert!(stale.text().contains("内容刚有变更"), "{}", stale.text());
    let second = seen.hash().await;
    let said = seen.post(&seen.owner, &seen.at(), &body(&second, "confirms", "")).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text());
    let visit = seen.page(&seen.admin, &format!("/visits/{}", seen.visit)).await;
    assert!(visit.contains("已确认") && !visit.contains("逾期"), "{visit}");

    let other = seen.city.tablet().await;
    let rows = confirmations(&seen.city, &other, 3).await;
    let [objected, confirmed] = &rows[..] else { panic!("{rows:?}") };
    let word = portal(objected).verify(seen.city.app.public_key()).unwrap();
    assert_eq!((word.content_hash.to_string(), word.is_bound()), (first, true));
    let word = portal(confirmed).verify(seen.city.app.public_key()).unwrap();
    assert_eq!((word.answer, word.content_hash.to_string()), (Answer::Confirms, second));
    assert!(matches!(word.known_by, KnownBy::Account { ref login, .. } if login == "otto"));
    assert_eq!(confirmations(&seen.city, &other, 2).await, [], "an older app would refuse the whole page");
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_kept() {
    let seen = visited().await;
    let hash = seen.hash().await;
    for (body, want) in [
        ("answer=confirms&name=&post=b&phone=13812345678", "请填写姓名"),
        ("answer=confirms&name=a&post=&phone=13812345678", "请填写岗位"),
        ("answer=confirms&name=a&post=b&phone=110", "电话号码不对"),
        ("answer=objects&reason=+&name=a&post=b&phone=13812345678", "请写明哪里不对"),
        ("name=a&post=b&phone=13812345678", "请选择确认或有异议"),
    ] {
        let said = seen.post(&seen.owner, &seen.at(), &format!("content_hash={hash}&{body}")).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(said.text().contains(want), "{want}: {}", said.text());
    }
    assert_eq!(confirmations(&seen.city, &seen.tablet, 3).await, []);
}

#[tokio::test]
async fn only_the_owner_of_the_outlet_answers_and_only_the_operator_makes_links() {
    let seen = visited().await;
    seen.city.add_user("sven", Role::Supervisor, "demo-operator");
    seen.city.add_user("olga", Role::Discharger, "demo-sewage");
    let (supervisor, other) = (seen.city.log_in("sven").await, seen.city.log_in("olga").await);
    let hash = seen.hash().await;
    let body = format!("content_hash={hash}&answer=confirms&name=a&post=b&phone=13812345678");
    for cookie in [&seen.admin, &supervisor, &other] {
        assert_eq!(seen.post(cookie, &seen.at(), &body).await.status, StatusCode::NOT_FOUND);
    }
    for cookie in [&seen.owner, &supervisor, &other] {
        let made = seen.post(cookie, &format!("{}/link", seen.at()), "name=a&phone=13812345678").await;
        assert_eq!(made.status, StatusCode::NOT_FOUND);
    }
    assert!(!seen.page(&other, "/confirmations").await.contains("演示热电"));
    let from_elsewhere = [("cookie", seen.owner.as_str()), FORM, ("origin", "http://evil.test")];
    let said = seen.city.send("POST", &seen.at(), &from_elsewhere, body).await;
    assert_eq!(said.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_link_takes_one_answer_from_a_named_person_until_midnight() {
    let seen = visited().await;
    let (link, unused) = (seen.link().await, seen.link().await);
    let page = seen.city.send("GET", &link, &[], "").await;
    assert!(page.text().contains("SO2 零点漂移") && page.text().contains("13812345678"), "{}", page.text());
    let hash = hash_in(&page.text());
    // The number is the one that the link was given to.
    let body = format!("content_hash={hash}&answer=confirms&name=李四&post=环保专员&phone=13900000000");
    let said = seen.city.send("POST", &link, &[FORM, HERE], body.clone()).await;
    assert!(said.status == StatusCode::OK && said.text().contains("已收到"), "{}", said.text());
    let again = seen.city.send("POST", &link, &[FORM, HERE], body.clone()).await;
    assert!(again.status == StatusCode::NOT_FOUND && again.text().contains("链接无效"), "{}", again.text());
    let rows = confirmations(&seen.city, &seen.tablet, 3).await;
    let word = portal(&rows[0]).verify(seen.city.app.public_key()).unwrap();
    assert_eq!((rows.len(), word.by.phone.as_str()), (1, "13812345678"));
    assert!(matches!(word.known_by, KnownBy::Link { ref made_by, .. } if made_by == "anna"));
    let gone = seen.city.send("GET", &unused, &[], "").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "nothing is left to confirm");
}

#[tokio::test]
async fn a_link_is_over_at_midnight_and_what_comes_later_is_late() {
    let seen = visited().await;
    let link = seen.link().await;
    // From 14:00: 23:59, then 00:01.
    seen.city.wait(9 * 3600 + 59 * 60);
    assert_eq!(seen.city.send("GET", &link, &[], "").await.status, StatusCode::OK);
    seen.city.wait(120);
    assert_eq!(seen.city.send("GET", &link, &[], "").await.status, StatusCode::NOT_FOUND);
    let owner = seen.city.log_in("otto").await;
    assert!(seen.page(&owner, "/confirmations").await.contains("已过当日"));
    let hash = hash_in(&seen.page(&owner, &seen.at()).await);
    let body = format!("content_hash={hash}&answer=confirms&name=a&post=b&phone=13812345678");
    assert_eq!(seen.post(&owner, &seen.at(), &body).await.status, StatusCode::SEE_OTHER);
    assert!(seen.page(&owner, "/confirmations").await.contains("逾期"));
}

#[tokio::test]
async fn tokens_are_not_guessed() {
    let seen = visited().await;
    let mut statuses = vec![];
    for n in 0..70 {
        statuses.push(seen.city.send("GET", &format!("/confirm/{n}"), &[], "").await.status);
    }
    assert_eq!(statuses[0], StatusCode::NOT_FOUND);
    assert_eq!(statuses[69], StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_was_signed_on_a_tablet_is_shown_and_told_to_the_others() {
    let mut seen = visited().await;
    let content = seen.content();
    let content_hash = content.hash().unwrap();
    let entry = seen.tablet.make(&Act::Confirmed(Box::new(Confirmed {
        visit: seen.visit,
        point: content.point.clone(),
        content,
        content_hash,
        answer: Answer::Confirms,
        by: Representative::of("李四", "环保专员", "13812345678").unwrap(),
        signature: file(&strokes(), "application/json"),
        technician: "demo-tech-a".parse().unwrap(),
    })));
    seen.tablet.receipt(&seen.city, std::slice::from_ref(&entry)).await;
    let page = seen.page(&seen.admin, &seen.at()).await;
    assert!(page.contains("已确认") && page.contains("平板签名"), "{page}");
    let other = seen.city.tablet().await;
    assert_eq!(confirmations(&seen.city, &other, 3).await, [ConfirmationElsewhere::Tablet(entry)]);
}
