//! Keys: to whom the tablet seals, and the copy of its key that the operator opens.

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::SigningKey;
use rusqlite::OptionalExtension;
use stackside_core::command::{CommandError, Enrol, GetState, SetPin, SyncNow};
use stackside_core::sync::SyncTrouble;
use stackside_core::trust::{Recovery, Signed, Statement};
use stackside_device::key_copy::{FILE_NAME, RecoverError, Recovered, recover};
use stackside_device::seal::{self, SealError};
use stackside_device::{Config, Device, Handle, Positions};

use super::server::{key, public};
use super::world::{CODE, PIN, World, copy_folder, person};

fn recovery(recipient: &str, signer: &SigningKey) -> Signed<Recovery> {
    let recovery = Recovery { statement: Recovery::NAME.into(), recipient: recipient.into() };
    Signed::make(&recovery, &public(), signer).unwrap()
}

fn named(identity: &Identity) -> Signed<Recovery> {
    recovery(&identity.to_public().to_string(), &key())
}

fn opener(identity: &Identity) -> seal::Identity {
    identity.to_string().expose_secret().parse().unwrap()
}

fn opened(identity: &Identity, sealed: &[u8]) -> String {
    let mut plain = vec![];
    seal::open(&opener(identity), sealed, &mut plain).unwrap();
    String::from_utf8(plain).unwrap()
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

#[test]
fn the_key_lies_sealed_beside_the_database_and_on_the_server_and_follows_the_recipient() {
    let world = World::fresh();
    let [first, second] = [Identity::generate(), Identity::generate()];
    world.server.tell(|script| script.recovery = Some(named(&first)));
    world.enrol();
    let file = world.folder.path().join(FILE_NAME);
    let secret = std::fs::read_to_string(world.folder.path().join("keys/database.secret")).unwrap();
    let copy = std::fs::read(&file).unwrap();
    assert!(opened(&first, &copy).contains(&secret));
    let sent = |count: usize| {
        world.device.handle(SyncNow {}).unwrap();
        world.until("the server has the copy", |_| {
            world.server.ask(|script| script.key_copies.len()) == count
        });
        world.server.ask(|script| script.key_copies[count - 1].clone())
    };
    assert_eq!(sent(1).sealed, STANDARD.encode(&copy));

    world.hear(named(&second));
    let newer = sent(2);
    assert_eq!(newer.recipient, second.to_public().to_string());
    let copy = std::fs::read(&file).unwrap();
    assert_eq!(newer.sealed, STANDARD.encode(&copy));
    assert!(opened(&second, &copy).contains(&secret), "made anew for the new recipient");

    std::fs::remove_file(&file).unwrap();
    sent(3);
    assert!(file.exists(), "made again where it is gone");
}

#[test]
fn a_folder_whose_keys_are_gone_is_recovered_and_what_it_had_not_sent_is_sent() {
    let world = World::fresh();
    let operator = Identity::generate();
    world.server.tell(|script| script.recovery = Some(named(&operator)));
    world.enrol();
    world.device.handle(SetPin { person: person(), code: CODE.into(), pin: PIN.into() }).unwrap();
    world.until_all_is_held();
    world.server.tell(|script| script.portal = true);
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    let kinds = world.kinds();
    // Pulled from a tablet as a kill left it, without what was in its key store.
    let (pulled, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    copy_folder(world.folder.path(), pulled.path());
    std::fs::remove_dir_all(pulled.path().join("keys")).unwrap();
    let (copy, out) = (pulled.path().join(FILE_NAME), new.path().join("out"));

    let error = recover(&opener(&Identity::generate()), pulled.path(), &copy, &out).unwrap_err();
    assert!(matches!(error, RecoverError::Copy { source: SealError::OtherRecipient, .. }), "{error}");
    assert!(!out.exists());
    let inside = pulled.path().join("out");
    let error = recover(&opener(&operator), pulled.path(), &copy, &inside).unwrap_err();
    assert!(matches!(error, RecoverError::Inside(_)), "{error}");
    let found = recover(&opener(&operator), pulled.path(), &copy, &out).unwrap();
    let entries = kinds.len() as u64;
    assert_eq!(found, Recovered { records: 1, entries, unsent: entries - 1 });
    assert!(matches!(recover(&opener(&operator), pulled.path(), &copy, &out), Err(RecoverError::Exists(_))));

    world.server.tell(|script| script.portal = false);
    let config = Config { data: out.clone(), positions: Positions::None, model: "desk".into() };
    let desk = Device::open(config).unwrap();
    assert!(
        desk.handle(GetState {}).unwrap().enrolment.is_none(),
        "the tablet's own key stayed in the tablet"
    );
    desk.handle(Enrol { server: world.server.address.clone(), code: "ABC123".into() }).unwrap();
    let held = || world.server.ask(|script| script.entries.len() as u64);
    let files = || world.server.ask(|script| script.files.len());
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while held() < entries + 1 || files() < 2 {
        assert!(std::time::Instant::now() < end, "{} entries and {} files are there", held(), files());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    desk.close();
}
