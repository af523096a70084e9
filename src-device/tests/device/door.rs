//! A data folder that does not open says why, and opens once what stood in the way is gone.

use std::path::Path;

use stackside_core::command::{CommandError, GetState, OpenTrouble};
use stackside_device::{Config, Device, Door, Handle, Positions};

/// Takes away what stands in the way.
type Mend<'a> = Box<dyn Fn() + 'a>;

fn config(data: &Path) -> Config {
    Config { data: data.to_owned(), positions: Positions::None, model: "test".into() }
}

/// A folder that was in use once.
fn used() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Device::open(config(folder.path())).unwrap().close();
    folder
}

#[test]
fn what_stands_in_the_way_is_told_to_the_screens_until_it_is_gone() {
    let (keyless, shared) = (used(), used());
    let secret = keyless.path().join("keys/database.secret");
    let aside = keyless.path().join("aside");
    std::fs::rename(&secret, &aside).unwrap();
    let other = Device::open(config(shared.path())).unwrap();
    let cases: [(&Path, OpenTrouble, Mend<'_>); 2] = [
        (keyless.path(), OpenTrouble::NoKey, Box::new(|| std::fs::rename(&aside, &secret).unwrap())),
        (shared.path(), OpenTrouble::InUse, Box::new(|| other.close())),
    ];
    for (folder, why, mend) in cases {
        let tried = config(folder);
        let door = Door::new(move || Device::open(tried.clone()));
        for _ in 0..2 {
            assert_eq!(door.device().err(), Some(CommandError::NotOpened { why }));
        }
        mend();
        assert!(door.device().unwrap().handle(GetState {}).unwrap().enrolment.is_none());
        door.device().unwrap();
        door.close();
        assert_eq!(door.device().err(), Some(CommandError::Closed), "{why}: it stays closed");
        Device::open(config(folder)).unwrap().close();
    }
}
