//! Plates of stations: registered, printed for those who put them up, shown with the sign-in.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use axum::http::StatusCode;
use stackside_core::act::{Act, PlateScan};
use stackside_core::id::VisitId;
use stackside_core::photo::PhotoSource;
use stackside_core::plate::PlateVerdict;
use stackside_server::access::Role;
use support::{City, file, new_id, photo, sign_in};

async fn page(city: &City, cookie: &str, path: &str) -> support::Reply {
    city.send("GET", path, &[("cookie", cookie)], "").await
}

#[tokio::test]
async fn an_operator_prints_its_plates_and_nobody_else_does() {
    let city = City::new();
    city.add_user("admin", Role::OperatorAdmin, "demo-operator");
    city.add_user("power", Role::Discharger, "demo-power");
    city.add_user("bureau", Role::Regulator, "CN");
    let admin = city.log_in("admin").await;
    let all = page(&city, &admin, "/plates").await;
    assert_eq!(all.status, StatusCode::OK);
    let all = all.text();
    assert_eq!(all.matches("<svg").count(), 1, "only points that have one");
    assert!(all.contains("DEMO-DA001-7K2M") && all.contains("演示热电 1# 烟囱"), "{all}");
    assert_eq!(page(&city, &admin, "/plates?point=demo-stack-1").await.text().matches("<svg").count(), 1);
    assert_eq!(
        page(&city, &admin, "/plates?point=demo-stack-2").await.status,
        StatusCode::NOT_FOUND,
        "it has none"
    );
    for login in ["power", "bureau"] {
        let cookie = city.log_in(login).await;
        assert_eq!(page(&city, &cookie, "/plates").await.status, StatusCode::NOT_FOUND, "{login}");
    }
}

#[tokio::test]
async fn what_a_plate_said_stands_with_the_visit() {
    let city = City::new();
    city.add_user("admin", Role::OperatorAdmin, "demo-operator");
    let cookie = city.log_in("admin").await;
    let mut tablet = city.tablet().await;
    let visit = VisitId::new(new_id());
    let mut act = sign_in(visit, "demo-stack-1");
    let Act::SignedIn(signed_in) = &mut act else { panic!() };
    signed_in.plate = Some(PlateScan {
        verdict: PlateVerdict::OtherPoint { point: "demo-stack-2".parse().unwrap() },
        text: Some("STACKSIDE:PLATE:1:X".into()),
        photo: file(&photo(), "image/jpeg"),
        source: PhotoSource::Imported,
    });
    let entries = [tablet.first(), tablet.make(&act)];
    tablet.receipt(&city, &entries).await;
    let html = page(&city, &cookie, &format!("/visits/{visit}")).await.text();
    for words in ["是另一个点位的铭牌", "导入的图片", "尚未收到", "/plates?point=demo-stack-1"]
    {
        assert!(html.contains(words), "`{words}` in {html}");
    }
    tablet.upload(&city, &photo()).await;
    let html = page(&city, &cookie, &format!("/visits/{visit}")).await.text();
    assert!(html.contains("/files/") && !html.contains("尚未收到"), "{html}");
}
