//! Keys: to whom the tablet seals.

use age::x25519::Identity;
use p256::ecdsa::SigningKey;
use rusqlite::OptionalExtension;
use stackside_core::command::{CommandError, Enrol, SyncNow};
use stackside_core::sync::SyncTrouble;
use stackside_core::trust::{Recovery, Signed, Statement};
use stackside_device::Handle;

use super::server::{key, public};
use super::world::World;

fn recovery(recipient: &str, signer: &SigningKey) -> Signed<Recovery> {
    let recovery = Recovery { statement: Recovery::NAME.into(), recipient: recipient.into() };
    Signed::make(&recovery, &public(), signer).unwrap()
}

fn someone() -> String {
    Identity::generate().to_public().to_string()
}

impl World {
    fn recipient(&self) -> Option<String> {
        let sql = "SELECT value FROM setting WHERE name = 'recipient'";
        let found: Option<String> = self.database().query_row(sql, [], |row| row.get(0)).optional().unwrap();
        found.map(|text| serde_json::from_str(&text).unwrap())
    }
    fn hear(&self, recovery: Signed<Recovery>) {
        self.server.tell(|script| script.recovery = Some(recovery));
        self.device.handle(SyncNow {}).unwrap();
    }
}

#[test]
fn a_tablet_seals_to_whom_its_server_names_at_enrolment_and_later() {
    let world = World::fresh();
    let [first, second] = [someone(), someone()];
    world.server.tell(|script| script.recovery = Some(recovery(&first, &key())));
    world.enrol();
    assert_eq!(world.recipient(), Some(first));

    world.hear(recovery(&second, &key()));
    world.until("the new recipient is known", |_| world.recipient() == Some(second.clone()));
}

#[test]
fn a_tablet_enrolled_before_there_were_recovery_keys_hears_of_one_when_it_syncs() {
    let world = World::enrolled();
    assert_eq!(world.recipient(), None);
    let named = someone();
    world.hear(recovery(&named, &key()));
    world.until("the recipient is known", |_| world.recipient() == Some(named.clone()));
}

#[test]
fn nobody_but_the_server_says_to_whom_a_tablet_seals() {
    let world = World::fresh();
    let forger = SigningKey::from_slice(&[8; 32]).unwrap();
    world.server.tell(|script| script.recovery = Some(recovery(&someone(), &forger)));
    let enrol = Enrol { server: world.server.address.clone(), code: "ABC123".into() };
    assert_eq!(world.device.handle(enrol).unwrap_err(), CommandError::NotOurServer);

    let mine = someone();
    world.server.tell(|script| script.recovery = Some(recovery(&mine, &key())));
    world.enrol();
    world.server.tell(|script| script.recovery = Some(recovery(&someone(), &forger)));
    world.device.handle(SyncNow {}).unwrap();
    world.until("the forged word is noticed", |view| view.line.trouble == SyncTrouble::Untrusted);
    assert_eq!(world.recipient(), Some(mine));
}
