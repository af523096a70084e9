//! Reading positions, visibly.

use stackside_core::command::{CommandError, Event, GetPosition, PositionView, StartPosition, StopPosition};
use stackside_core::geofence::presence;

use crate::device::{Device, Handle};
use crate::store::register;

impl Handle<StartPosition> for Device {
    fn handle(&self, _: StartPosition) -> Result<(), CommandError> {
        self.0.person()?;
        let events = self.0.teller();
        let told = move || drop(events.send(Event::Position));
        if self.0.tracker.start(told) { Ok(()) } else { Err(CommandError::NoPositionSource) }
    }
}

impl Handle<StopPosition> for Device {
    fn handle(&self, _: StopPosition) -> Result<(), CommandError> {
        self.0.tracker.stop();
        self.0.tell(Event::Position);
        Ok(())
    }
}

impl Handle<GetPosition> for Device {
    fn handle(&self, GetPosition { point }: GetPosition) -> Result<PositionView, CommandError> {
        self.0.person()?;
        let point = self.0.store.read(|c| register::point(c, &point))?;
        let samples = self.0.tracker.samples();
        let now_ms = self.0.clock.boot_ms();
        let waited_ms = samples.started_ms.map_or(0, |started| now_ms.saturating_sub(started));
        Ok(PositionView {
            running: samples.running,
            waited_s: u32::try_from(waited_ms / 1000).unwrap_or(u32::MAX),
            verdict: presence(&point.fence, &samples.fixes, now_ms),
            fixes: samples.fixes,
            now: self.0.clock.wall().to_utc(),
        })
    }
}
