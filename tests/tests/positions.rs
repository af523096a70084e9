//! Case 8: positions that floats print badly stay what they are, digit by digit: from the register and the fix through
//! the signed entry, the server, the portal and the export.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::path::Path;

use stackside_core::act::Act;
use stackside_core::command::{GetPoint, GetState};
use stackside_core::geofence::{Position, Presence};
use stackside_core::wire::Change;
use stackside_device::archive;
use stackside_device::export::{Selection, check};
use stackside_server::access::Role;
use stackside_server::{App, Config};
use stackside_tests::reader::{Reader, Visitor};
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::{chain, city};

const PASSWORD: &str = "a password of a test";

/// The demo city with all its points elsewhere.
fn city_at(folder: &Path, longitude: &str, latitude: &str) {
    for item in std::fs::read_dir(city::root().join("demo")).unwrap() {
        let from = item.unwrap().path();
        let Some(name) = from.file_name().filter(|_| from.is_file()) else { continue };
        let text = std::fs::read_to_string(&from).unwrap();
        let moved = text.replace("\"112.9000000\"", &format!("\"{longitude}\""));
        std::fs::write(folder.join(name), moved.replace("\"40.0000000\"", &format!("\"{latitude}\"")))
            .unwrap();
    }
}

fn server_at(longitude: &str, latitude: &str) -> Server {
    let (folder, demo) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    city_at(demo.path(), longitude, latitude);
    let config = Config { data: folder.path().to_owned() };
    App::new_key(&config).unwrap();
    let app = App::open(&config).unwrap();
    app.import(demo.path(), false).unwrap();
    app.add_user("admin", Role::OperatorAdmin, city::OPERATOR, PASSWORD).unwrap();
    let router = app.router();
    Server::serve(folder, app, router).unwrap()
}

#[test]
fn case_8_positions_that_floats_print_badly_keep_their_digits_from_the_tablet_to_portal_and_export() {
    for (longitude, latitude) in
        [("121.4999995", "31.9999996"), ("-0.0000004", "31.9999996"), ("121.4999995", "-0.0000004")]
    {
        let place = Position::new(longitude.parse().unwrap(), latitude.parse().unwrap()).unwrap();
        let written = format!(r#""latitude":"{latitude}","longitude":"{longitude}""#);
        let server = server_at(longitude, latitude);
        let tablet = Tablet::new(place).unwrap();
        server.take_in(&tablet, &server.url(), city::PERSON).unwrap();
        assert_eq!(
            tablet.call(&GetPoint { point: city::POINT.parse().unwrap() }).unwrap().point.position,
            place
        );
        assert_eq!(walk_in(&tablet, city::POINT).unwrap().presence, Presence::Inside);
        let visit = sign_in(&tablet, city::POINT).unwrap();
        sync_until_held(&tablet).unwrap();

        let device = tablet.call(&GetState {}).unwrap().enrolment.unwrap().device;
        let held = chain::on_server(&server.app, device).unwrap();
        let signed_in = held.iter().find(|entry| matches!(entry.read_act(), Ok(Act::SignedIn(_)))).unwrap();
        assert!(signed_in.body.contains(&written), "{written} is not in {}", signed_in.body);
        let Ok(Act::SignedIn(act)) = signed_in.read_act() else { panic!() };
        assert_eq!(act.presence.fix.unwrap().position, place);

        let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
        let points = reader.changes().unwrap().into_iter().filter_map(|change| match change {
            Change::Point(point) if point.id.as_str() == city::POINT => Some(point.position),
            _ => None,
        });
        assert!(points.eq([place]), "the register that comes down");

        let page = Visitor::log_in(&server.url(), "admin", PASSWORD).unwrap();
        let page = page.page(&format!("/visits/{visit}")).unwrap();
        assert!(page.contains("0.0 m") && !page.contains("-0.0") && !page.contains("NaN"), "{page}");

        let mut bytes = vec![];
        tablet.device().export(Selection::Log(None), &mut bytes).unwrap();
        let report = check(&bytes[..], Some(server.app.public_key())).unwrap();
        assert!(report.failure.is_none(), "{report:?}");
        let texts = archive::read(&bytes[..]).unwrap_or_else(|_| panic!()).texts;
        assert!(texts.values().any(|text| *text == signed_in.body.as_bytes()), "the export holds the same");
    }
}
