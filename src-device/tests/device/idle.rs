//! A tablet that lies in a drawer.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use stackside_core::command::SyncNow;
use stackside_device::{Handle, Parts, Patience};

use super::server::Script;
use super::world::World;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Nothing passes until the day begins; then it passes at once, pause by pause.
struct Day {
    has_begun: AtomicBool,
    pauses: Mutex<Vec<Duration>>,
    over: Mutex<mpsc::Sender<()>>,
}

impl Patience for Day {
    fn pause(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let is_over = {
                let mut pauses = self.pauses.lock().unwrap();
                if self.has_begun.load(Ordering::SeqCst) {
                    pauses.push(pause);
                }
                pauses.iter().sum::<Duration>() >= DAY
            };
            if is_over {
                let _ = self.over.lock().unwrap().send(());
            }
            if is_over || !self.has_begun.load(Ordering::SeqCst) {
                std::future::pending().await
            }
        })
    }
}

fn waiting(day: &Arc<Day>) -> Parts {
    Parts { patience: Some(Arc::<Day>::clone(day)), ..Parts::default() }
}

#[test]
fn an_idle_tablet_makes_contact_every_five_minutes_at_most_whatever_answers() {
    type Weather = (&'static str, fn(&mut Script));
    let weathers: [Weather; 3] = [
        ("all is well", |_| ()),
        ("a login page answers", |script| script.portal = true),
        ("the tablet was struck off", |script| script.revoked = true),
    ];
    for (weather, change) in weathers {
        let (over, is_over) = mpsc::channel();
        let day = Arc::new(Day {
            has_begun: AtomicBool::new(false),
            pauses: Mutex::default(),
            over: Mutex::new(over),
        });
        let world = World::fresh_with(waiting(&day));
        world.enrol();
        world.until_all_is_held();
        world.until("calm", |view| !view.line.running);
        world.server.tell(change);
        let before = world.server.ask(|script| script.requests);
        day.has_begun.store(true, Ordering::SeqCst);
        world.device.handle(SyncNow {}).unwrap();
        is_over.recv_timeout(Duration::from_secs(60)).unwrap();
        let pauses = day.pauses.lock().unwrap().clone();
        assert!(pauses.iter().all(|pause| *pause >= 5 * MINUTE), "{weather}: {pauses:?}");
        let requests = world.server.ask(|script| script.requests) - before;
        // A contact asks who answers, and for changes.
        assert!(
            requests <= 2 * (pauses.len() + 1),
            "{weather}: {requests} requests in {} contacts",
            pauses.len()
        );
    }
}

#[test]
fn a_tablet_with_something_to_send_and_no_network_looks_for_it_every_half_minute() {
    let (over, is_over) = mpsc::channel();
    let day =
        Arc::new(Day { has_begun: AtomicBool::new(false), pauses: Mutex::default(), over: Mutex::new(over) });
    let world = World::unlocked_with(waiting(&day));
    world.until_all_is_held();
    world.server.tell(|script| script.hangs_up = true);
    world.sign_in();
    world.until("no contact", |view| !view.line.running && view.line.entries_waiting > 0);
    day.has_begun.store(true, Ordering::SeqCst);
    world.device.handle(SyncNow {}).unwrap();
    is_over.recv_timeout(Duration::from_secs(120)).unwrap();
    let pauses = day.pauses.lock().unwrap().clone();
    assert!(pauses.iter().all(|pause| *pause == MINUTE / 2), "{:?}", &pauses[..4]);
}
