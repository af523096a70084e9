//! What the plausibility checks point out in the portal: over all that the server knows, and what the tablet had said.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use stackside_core::act::Act;
use stackside_core::geofence::{Fence, presence};
use stackside_core::id::VisitId;
use stackside_core::plausible::{Finding, Identity};
use stackside_server::access::Role;
use support::forms::{act, inspection};
use support::later::{corrected, voided};
use support::{City, Tablet, new_id, sign_in};

const TOO_SOON: &str = "签到只隔";

async fn take(city: &City, tablet: &mut Tablet, acts: impl IntoIterator<Item = Act>) {
    let entries: Vec<_> = acts.into_iter().map(|act| tablet.make(&act)).collect();
    tablet.receipt(city, &entries).await;
}

async fn page(city: &City, login: &str, visit: VisitId) -> String {
    let cookie = city.log_in(login).await;
    city.send("GET", &format!("/visits/{visit}"), &[("cookie", &cookie)], "").await.text()
}

fn sign_out(visit: VisitId, findings: Vec<Finding>) -> Act {
    let nowhere = Fence::Polygon { outer: vec![], holes: vec![] };
    Act::SignedOut { visit, fixes: vec![], presence: presence(&nowhere, &[], 0), findings }
}

#[tokio::test]
async fn two_visits_from_two_tablets_are_held_against_each_other_for_those_who_may_see_both() {
    let city = City::new();
    city.add_user("operator", Role::Supervisor, "demo-operator");
    city.add_user("sewage", Role::Discharger, "demo-sewage");
    let (stack, outfall) = (VisitId::new(new_id()), VisitId::new(new_id()));
    for (visit, point, wall) in
        [(stack, "demo-stack-1", "2026-11-23T05:55:00Z"), (outfall, "demo-outfall", "2026-11-23T05:58:00Z")]
    {
        let mut tablet = city.tablet().await;
        tablet.wall = wall.to_owned();
        let first = tablet.first();
        tablet.receipt(&city, &[first]).await;
        take(&city, &mut tablet, [sign_in(visit, point)]).await;
    }
    let all = page(&city, "operator", outfall).await;
    assert!(all.contains(TOO_SOON) && all.contains("3 分钟"), "{all}");
    assert!(all.contains(&format!("/visits/{stack}")), "with the way there");
    let own = page(&city, "sewage", outfall).await;
    assert!(own.contains(TOO_SOON) && own.contains("同一人员的另一次运维"), "{own}");
    assert!(!own.contains(&stack.to_string()) && !own.contains("1# 烟囱"), "nothing of another's station");
}

#[tokio::test]
async fn what_is_found_in_a_record_and_what_the_tablet_had_said_stand_beside_each_other() {
    let city = City::new();
    city.add_user("operator", Role::Supervisor, "demo-operator");
    let mut tablet = city.tablet().await;
    let first = tablet.first();
    tablet.receipt(&city, &[first]).await;
    let visit = VisitId::new(new_id());
    let mut record = inspection(&city, visit);
    let (remark, temperature) = ("prep/b1.2".parse().unwrap(), "header/room_temperature".parse().unwrap());
    record.answers.0.get_mut(&remark).unwrap().text = "bad 无".into();
    record.answers.0.get_mut(&temperature).unwrap().text = "75".into();
    let said = vec![
        Finding::NoRemark { record: record.record, key: remark },
        // The register has been completed since.
        Finding::NoIdentity { instrument: "DW001-COD".parse().unwrap(), lacks: Identity::Model },
    ];
    take(&city, &mut tablet, [sign_in(visit, "demo-outfall"), act(record), sign_out(visit, said)]).await;
    let page = page(&city, "operator", visit).await;
    for words in ["没有写明情况和处理", "75 超出允许范围 -40 至 60", "登记资料缺规格型号"]
    {
        assert!(page.contains(words), "`{words}` in {page}");
    }
    assert_eq!(page.matches("离场前平板已提示").count(), 2, "the temperature it had not");
    assert_eq!(page.matches("运维日期").count(), 1);
}

#[tokio::test]
async fn what_was_corrected_or_voided_since_is_found_no_more() {
    let city = City::new();
    city.add_user("operator", Role::Supervisor, "demo-operator");
    let (visit, wrong) = (VisitId::new(new_id()), VisitId::new(new_id()));
    let mut tablet = city.tablet().await;
    let too_warm = || {
        let mut record = inspection(&city, visit);
        record.answers.0.get_mut(&"header/room_temperature".parse().unwrap()).unwrap().text = "75".into();
        record
    };
    let (typo, mistake) = (too_warm(), too_warm());
    let entries = [
        tablet.first(),
        tablet.make(&sign_in(wrong, "demo-stack-1")),
        tablet.make(&sign_in(visit, "demo-outfall")),
        tablet.make(&act(typo.clone())),
        tablet.make(&act(mistake.clone())),
    ];
    tablet.receipt(&city, &entries).await;
    let found = || async {
        let page = page(&city, "operator", visit).await;
        (page.matches("75 超出允许范围").count(), page.contains(TOO_SOON))
    };
    assert_eq!(found().await, (2, true));
    take(&city, &mut tablet, [corrected(&entries[3], &typo, &[("header/room_temperature", "25")])]).await;
    assert_eq!(found().await, (1, true));
    take(&city, &mut tablet, [voided(&entries[4], &mistake, false)]).await;
    assert_eq!(found().await, (0, true));
    let nothing = inspection(&city, wrong);
    take(&city, &mut tablet, [voided(&entries[1], &nothing, true)]).await;
    assert_eq!(found().await, (0, false), "nobody was at the other point");
}
