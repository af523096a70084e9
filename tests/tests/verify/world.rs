//! One tablet with three visits, of which the server has received two; exported once for all tests.

use std::path::PathBuf;
use std::sync::LazyLock;

use p256::ecdsa::SigningKey;
use serde_json::Value;
use stackside_core::evidence::PublicKey;
use stackside_core::export::Item;
use stackside_core::hash::from_hex;
use stackside_core::id::VisitId;
use stackside_core::trust::{Certificate, Signed};
use stackside_device::export::Selection;
use stackside_tests::proxy::CutProxy;
use stackside_tests::server::Server;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::{city, photo};

use crate::forge::Parts;

pub struct World {
    /// The server's public key.
    pub trusted: PublicKey,
    /// Received to its end.
    pub held_visit: Vec<u8>,
    pub visits: [VisitId; 3],
    /// A visit that went on after the line was cut.
    pub open_visit: Vec<u8>,
    /// The whole log: with entries after the last receipt.
    pub log: Vec<u8>,
    pub device: SigningKey,
    /// Another tablet of the same operator.
    pub other: SigningKey,
    pub other_log: Vec<u8>,
    pub other_certificate: Signed<Certificate>,
    /// The first tablet, for the command line.
    pub tablet: Tablet,
}

pub static WORLD: LazyLock<World> = LazyLock::new(World::new);

impl World {
    fn new() -> Self {
        let server = Server::start().unwrap();
        let line = CutProxy::start(server.address()).unwrap();
        let tablet = enrolled(&server, &line.url());
        let first = whole_visit(&tablet, 1);
        sign_out(&tablet, first).unwrap();
        let second = whole_visit(&tablet, 3);
        sync_until_held(&tablet).unwrap();
        line.down();
        sign_out(&tablet, second).unwrap();
        let third = sign_in(&tablet, city::POINT).unwrap();
        sign_out(&tablet, third).unwrap();
        let other = enrolled(&server, &server.url());
        sync_until_held(&other).unwrap();
        let other_log = export(&other, Selection::Log(None));
        let certificate: Value =
            serde_json::from_slice(&Parts::of(&other_log).items[&Item::Body(1)]).unwrap();
        Self {
            trusted: server.app.public_key().clone(),
            held_visit: export(&tablet, of_visit(first)),
            visits: [first, second, third],
            open_visit: export(&tablet, of_visit(second)),
            log: export(&tablet, Selection::Log(None)),
            device: key(&tablet),
            other: key(&other),
            other_log,
            other_certificate: serde_json::from_value(certificate["certificate"].clone()).unwrap(),
            tablet,
        }
    }
}

pub fn of_visit(visit: VisitId) -> Selection {
    Selection::Visit { visit, log: None }
}

pub fn export(tablet: &Tablet, selection: Selection) -> Vec<u8> {
    let mut bytes = vec![];
    tablet.device().export(selection, &mut bytes).unwrap();
    bytes
}

fn enrolled(server: &Server, url: &str) -> Tablet {
    let tablet = Tablet::new(city::PLACE).unwrap();
    server.take_in(&tablet, url, city::PERSON).unwrap();
    tablet
}

/// Signed in, a calibration with two photos signed.
fn whole_visit(tablet: &Tablet, seed: u64) -> VisitId {
    let visit = sign_in(tablet, city::POINT).unwrap();
    let record = open_form(tablet, visit).unwrap();
    for (factor, readings) in CALIBRATION {
        calibrate(tablet, record, factor, readings).unwrap();
    }
    finish_form(tablet, record).unwrap();
    for seed in [seed, seed + 1] {
        take_photo(tablet, record, "reading", &photo::jpeg(64, 48, seed).unwrap()).unwrap();
    }
    sign(tablet, visit, record).unwrap();
    visit
}

fn key(tablet: &Tablet) -> SigningKey {
    let is_key = |path: &PathBuf| path.extension().is_some_and(|end| end == "key");
    let mut files = std::fs::read_dir(tablet.folder().join("keys")).unwrap().map(|item| item.unwrap().path());
    let text = std::fs::read_to_string(files.find(is_key).unwrap()).unwrap();
    SigningKey::from_slice(&from_hex(text.trim()).unwrap()).unwrap()
}
