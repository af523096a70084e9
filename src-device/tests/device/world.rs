//! A tablet, its server and what a test needs of both.

use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use argon2::PasswordHasher;
use base64::Engine;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};
use stackside_core::act::{Act, StrokePoint, Strokes};
use stackside_core::command::*;
use stackside_core::evidence::{Entry, Header};
use stackside_core::form::Answer;
use stackside_core::geofence::{Fix, Position, Provider};
use stackside_core::hash::Hash;
use stackside_core::id::{PersonId, PhotoId, PointId, RecordId, VisitId};
use stackside_core::photo::{PIECE_BYTES, PhotoSource};
use stackside_core::wire::RecordElsewhere;
use stackside_device::clock::Clock;
use stackside_device::position::{PositionSource, Sink};
use stackside_device::store::Database;
use stackside_device::{Config, Device, FreeBytes, Handle, Parts, Positions};

use super::server::Server;

pub const CODE: &str = "246810";
pub const PIN: &str = "135790";

/// Clocks that move when a test says so: wall, milliseconds since the start, which start.
pub struct TestClock(Mutex<(DateTime<FixedOffset>, u64, u32)>);

impl Clock for TestClock {
    fn wall(&self) -> DateTime<FixedOffset> {
        self.0.lock().unwrap().0
    }
    fn boot_ms(&self) -> u64 {
        self.0.lock().unwrap().1
    }
    fn boot_id(&self) -> String {
        format!("boot {}", self.0.lock().unwrap().2)
    }
}
impl TestClock {
    pub fn pass(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        now.0 += TimeDelta::seconds(seconds);
        now.1 += u64::try_from(seconds).unwrap() * 1000;
    }
    pub fn set_wall_forward(&self, seconds: i64) {
        self.0.lock().unwrap().0 += TimeDelta::seconds(seconds);
    }
    pub fn set_zone(&self, hours: i32) {
        let mut now = self.0.lock().unwrap();
        now.0 = now.0.with_timezone(&FixedOffset::east_opt(hours * 3600).unwrap());
    }
    /// Off and on again.
    pub fn restart(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = (now.0 + TimeDelta::seconds(seconds), 20_000, now.2 + 1);
    }
}

#[derive(Clone, Default)]
pub struct TestPositions(Arc<Mutex<Option<Sink>>>);

impl PositionSource for TestPositions {
    fn start(&self, sink: Sink) {
        *self.0.lock().unwrap() = Some(sink);
    }
    fn stop(&self) {
        *self.0.lock().unwrap() = None;
    }
}

pub struct World {
    pub folder: tempfile::TempDir,
    pub server: Server,
    pub clock: Arc<TestClock>,
    pub positions: TestPositions,
    pub free_bytes: Arc<AtomicU64>,
    pub device: Running,
}

/// Ends as the app does: before its process may.
pub struct Running(Device);

impl Deref for Running {
    type Target = Device;
    fn deref(&self) -> &Device {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn open(
    folder: &Path,
    clock: &Arc<TestClock>,
    positions: &TestPositions,
    free_bytes: &Arc<AtomicU64>,
    parts: Parts,
) -> Running {
    let config = Config { data: folder.into(), positions: Positions::None, model: "test".into() };
    let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(clock);
    let positions = Some(Box::new(positions.clone()) as Box<dyn PositionSource>);
    let free_bytes = Arc::clone(free_bytes);
    let free_bytes: FreeBytes = Arc::new(move || Ok(free_bytes.load(Ordering::SeqCst)));
    let parts = Parts { clock: Some(clock), positions, free_bytes: Some(free_bytes), ..parts };
    Running(Device::open_with(config, parts).unwrap())
}

impl World {
    /// A tablet that belongs to nobody yet.
    pub fn fresh() -> Self {
        Self::fresh_with(Parts::default())
    }
    /// As [`World::fresh`], with parts of one's own.
    pub fn fresh_with(parts: Parts) -> Self {
        let server = Server::start();
        server.tell(|script| script.changes = register());
        let folder = tempfile::tempdir().unwrap();
        let wall = DateTime::parse_from_rfc3339("2026-11-23T14:05:00+08:00").unwrap();
        let clock = Arc::new(TestClock(Mutex::new((wall, 1_000_000, 0))));
        let positions = TestPositions::default();
        let free_bytes = Arc::new(AtomicU64::new(u64::MAX));
        let device = open(folder.path(), &clock, &positions, &free_bytes, parts);
        Self { folder, server, clock, positions, free_bytes, device }
    }
    /// Enrolled, with a first sync behind it, locked.
    pub fn enrolled() -> Self {
        let world = Self::fresh();
        world.enrol();
        world
    }
    /// Someone is at the tablet.
    pub fn unlocked() -> Self {
        Self::unlocked_with(Parts::default())
    }
    /// As [`World::unlocked`], with parts of one's own.
    pub fn unlocked_with(parts: Parts) -> Self {
        let world = Self::fresh_with(parts);
        world.enrol();
        world.device.handle(SetPin { person: person(), code: CODE.into(), pin: PIN.into() }).unwrap();
        world
    }
    pub fn enrol(&self) -> AppState {
        self.device.handle(Enrol { server: self.server.address.clone(), code: "ABC123".into() }).unwrap()
    }
    /// As a kill at this moment would leave it: the files as they are, nothing closed.
    pub fn after_a_kill(self) -> Self {
        self.started_again(None, |_| ())
    }
    /// After a kill, with something done to the data folder before the next start.
    pub fn after_a_kill_and(self, meanwhile: impl FnOnce(&Path)) -> Self {
        self.started_again(None, meanwhile)
    }
    /// After a kill, on a disk that has no space left for a database any larger than it is.
    pub fn on_a_full_disk(self) -> Self {
        self.started_again(Some(1), |_| ())
    }
    fn started_again(self, most_pages: Option<u32>, meanwhile: impl FnOnce(&Path)) -> Self {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), copy.path());
        meanwhile(copy.path());
        let parts = Parts { most_pages, ..Parts::default() };
        let device = open(copy.path(), &self.clock, &self.positions, &self.free_bytes, parts);
        let Self { server, clock, positions, free_bytes, .. } = self;
        Self { folder: copy, server, clock, positions, free_bytes, device }
    }
    /// Lets time pass; whoever was at the tablet unlocks it again.
    pub fn pass(&self, seconds: i64) {
        self.clock.pass(seconds);
        self.unlock();
    }
    pub fn unlock(&self) -> AppState {
        self.device.handle(Unlock { person: person(), pin: PIN.into() }).unwrap()
    }
    pub fn stand_at_the_point(&self) {
        self.device.handle(StartPosition {}).unwrap();
        self.fix(120.0, 30.0);
    }
    pub fn clock_wall(&self) -> DateTime<FixedOffset> {
        self.clock.wall()
    }
    pub fn fix(&self, longitude: f64, latitude: f64) {
        self.fix_at(longitude, latitude, None);
    }
    /// A fix that tells the satellites' time.
    pub fn fix_at(&self, longitude: f64, latitude: f64, satellite_time: Option<DateTime<Utc>>) {
        let fix = Fix {
            position: Position::new(longitude, latitude).unwrap(),
            accuracy_m: 5.0,
            provider: Provider::Gps,
            mocked: false,
            boot_ms: self.clock.boot_ms(),
            satellite_time,
            satellites: Some(9),
        };
        let sink = self.positions.0.lock().unwrap().clone().unwrap();
        sink(fix);
    }
    pub fn sign_in(&self) -> VisitId {
        self.sign_in_at("DA001")
    }
    pub fn sign_in_at(&self, point: &str) -> VisitId {
        self.stand_at_the_point();
        self.device
            .handle(SignIn { point: point.parse().unwrap(), reason: None, photo: None, plate: None })
            .unwrap()
    }
    pub fn open_record(&self, visit: VisitId) -> RecordId {
        self.open(Workplace::Visit(visit), "HJ75-G4").unwrap()
    }
    pub fn open(&self, place: Workplace, form: &str) -> Result<RecordId, CommandError> {
        self.device.handle(OpenRecord { place, form: form.parse().unwrap() })
    }
    /// Lets changes come down.
    pub fn bring(&self, changes: Vec<Value>) {
        self.server.tell(|script| script.changes.extend(changes));
        let wanted = self.server.ask(|script| script.changes.len());
        self.device.handle(SyncNow {}).unwrap();
        self.until("the changes are here", |_| {
            let sql = "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'cursor'";
            self.database().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() == wanted as i64
        });
    }
    pub fn replace_bottle(&self, record: RecordId, key: &str, id: &str) -> Result<RecordId, CommandError> {
        let bottle = serde_json::from_value(bottle(id, "81.5")["row"].take()).unwrap();
        self.device.handle(ReplaceBottle { record, key: key.parse().unwrap(), bottle })
    }
    pub fn save(&self, record: RecordId, key: &str, text: &str) -> Result<Answer, CommandError> {
        self.save_because(record, key, text, None)
    }
    pub fn save_because(
        &self,
        record: RecordId,
        key: &str,
        text: &str,
        reason: Option<&str>,
    ) -> Result<Answer, CommandError> {
        let reason = reason.map(str::to_owned);
        self.device.handle(SaveAnswer { record, key: key.parse().unwrap(), text: text.into(), reason })
    }
    /// Fills all that HJ75-G4 asks of the SO2 analyser, photo too.
    pub fn fill(&self, visit: VisitId, record: RecordId) {
        for (field, text) in [
            ("zero.last_after", "0"),
            ("zero.before", "1"),
            ("zero.after", "0"),
            ("span.last_after", "160"),
            ("span.before", "162"),
            ("span.after", "160"),
        ] {
            let key = format!("analyser/I-SO2/{field}");
            let view = self.record(record);
            if view.answers.text(&key.parse().unwrap()).is_none() {
                self.save(record, &key, text).unwrap();
            }
        }
        self.save(record, "footer/cal_end", "2026-11-23 14:05").unwrap();
        self.photo(Some(visit), Some(record), Some("reading"), &jpeg(40, 30)).unwrap();
    }
    pub fn record(&self, record: RecordId) -> RecordView {
        self.device.handle(GetRecord { record }).unwrap()
    }
    pub fn sign(&self, visit: VisitId, records: &[RecordId]) -> Result<(), CommandError> {
        self.sign_at(Workplace::Visit(visit), records)
    }
    pub fn sign_at(&self, place: Workplace, records: &[RecordId]) -> Result<(), CommandError> {
        self.device.handle(SignRecords { place, records: records.to_vec(), strokes: strokes() })
    }
    pub fn begin_photo(
        &self,
        visit: Option<VisitId>,
        record: Option<RecordId>,
        slot: Option<&str>,
    ) -> PhotoId {
        let slot = slot.map(str::to_owned);
        self.device
            .handle(BeginPhoto { visit, record, slot, source: PhotoSource::Camera, name: None })
            .unwrap()
    }
    pub fn pieces(&self, photo: PhotoId, bytes: &[u8]) {
        for (index, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
            let base64 = base64::engine::general_purpose::STANDARD.encode(piece);
            let offset = (index * PIECE_BYTES) as u64;
            self.device.handle(AddPhotoPiece { photo, offset, base64 }).unwrap();
        }
    }
    pub fn photo(
        &self,
        visit: Option<VisitId>,
        record: Option<RecordId>,
        slot: Option<&str>,
        bytes: &[u8],
    ) -> Result<PhotoLine, CommandError> {
        let photo = self.begin_photo(visit, record, slot);
        self.pieces(photo, bytes);
        self.device.handle(FinishPhoto { photo, size_bytes: bytes.len() as u64, sha256: Hash::of(bytes) })
    }
    /// The most urgent duty that a form fulfils.
    pub fn duty(&self, form: &str) -> DueLine {
        let due = self.device.handle(GetToday {}).unwrap().due;
        due.into_iter().find(|line| line.due.form.as_str() == form).unwrap()
    }
    /// A document for a field.
    pub fn document(&self, record: RecordId, key: &str, bytes: &[u8]) -> Result<PhotoLine, CommandError> {
        let photo = self.device.handle(BeginPhoto {
            visit: None,
            record: Some(record),
            slot: Some(key.into()),
            source: PhotoSource::Document,
            name: Some("报告 1.pdf".into()),
        })?;
        self.pieces(photo, bytes);
        self.device.handle(FinishPhoto { photo, size_bytes: bytes.len() as u64, sha256: Hash::of(bytes) })
    }
    pub fn sync(&self) -> SyncView {
        self.device.handle(GetSync {}).unwrap()
    }
    /// Waits for events until the view is as wanted.
    pub fn until(&self, what: &str, wanted: impl Fn(&SyncView) -> bool) -> SyncView {
        let mut events = self.device.events();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        loop {
            let view = self.sync();
            if wanted(&view) {
                return view;
            }
            let next = runtime
                .block_on(async { tokio::time::timeout(Duration::from_secs(20), events.recv()).await });
            next.unwrap_or_else(|_| panic!("{what}: {view:?}")).unwrap();
        }
    }
    pub fn until_all_is_held(&self) -> SyncView {
        self.until("all is held", |view| view.line.entries_waiting == 0 && view.line.files_waiting == 0)
    }
    pub fn database(&self) -> rusqlite::Connection {
        database(self.folder.path()).open().unwrap()
    }
    /// All entries, log by log, in order.
    pub fn entries(&self) -> Vec<(Header, Entry)> {
        let database = self.database();
        let mut statement = database
            .prepare(
                "SELECT header, signature, body FROM entry JOIN log ON log.id = entry.log ORDER BY number, seq",
            )
            .unwrap();
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            })
            .unwrap();
        rows.map(|row| {
            let (header, signature, body) = row.unwrap();
            let signature = serde_json::from_value(Value::String(signature)).unwrap();
            let entry = Entry { header, signature, body };
            (entry.read_header().unwrap(), entry)
        })
        .collect()
    }
    /// All records signed here, as the server hands them to other tablets.
    pub fn signed_records(&self, signed_at: &str) -> Vec<RecordElsewhere> {
        let record = |(header, entry): (Header, Entry)| match entry.read_act().unwrap() {
            Act::RecordSigned(content) => Some(RecordElsewhere {
                device: header.device,
                log: header.log,
                seq: header.seq,
                hash: entry.hash(),
                signed_at: signed_at.parse().unwrap(),
                is_proven: false,
                content: *content,
                later: vec![],
            }),
            _ => None,
        };
        self.entries().into_iter().filter_map(record).collect()
    }
    pub fn kinds(&self) -> Vec<String> {
        self.entries().into_iter().map(|(header, _)| header.kind).collect()
    }
}

/// The database of a data folder, beside the device.
pub fn database(data: &Path) -> Database {
    Database::of(data).unwrap()
}

/// Takes the encryption off again: a data folder as an older release left it.
pub fn as_an_older_release_left_it(data: &Path) {
    let database = database(data);
    for file in super::backups::backups(data).into_iter().chain([database.file().to_owned()]) {
        let plain = file.with_extension("plain");
        let connection = database.connect(&file).unwrap();
        connection.execute("ATTACH ?1 AS plain KEY ''", [plain.to_string_lossy()]).unwrap();
        connection.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(())).unwrap();
        drop(connection);
        std::fs::rename(plain, file).unwrap();
    }
    std::fs::remove_file(data.join("stackside.sqlite.key-id")).unwrap();
    std::fs::remove_file(data.join("keys/database.secret")).unwrap();
}

pub fn copy_folder(from: &Path, to: &Path) {
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_folder(&item.path(), &target);
        } else {
            // A backup that is made meanwhile changes its name.
            match std::fs::copy(item.path(), &target) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                copied => drop(copied.unwrap()),
            }
        }
    }
}

pub fn person() -> PersonId {
    "P1".parse().unwrap()
}
pub fn point() -> PointId {
    "DA001".parse().unwrap()
}
pub fn strokes() -> Strokes {
    let at = |x| StrokePoint { x, y: 10, t_ms: 0, pressure: 500 };
    Strokes { width: 300, height: 100, strokes: vec![(0..20).map(at).collect()] }
}
pub const PDF: &[u8] = b"%PDF-1.7 one page";

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture =
        image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

pub fn operator() -> Value {
    json!({"id": "OP1", "name": "演示运维", "credit_code": "1", "legal_person": "甲", "office": "乙"})
}
pub fn bottle(id: &str, concentration: &str) -> Value {
    json!({"kind": "bottle", "row": {
        "id": id, "point": "DA001", "substance": "SO2", "concentration": concentration, "unit": "mg/m³",
        "uncertainty_percent": "1", "supplier": "气体厂", "valid_until": "2027-06-30", "pressure_mpa": "9.5"}})
}
pub fn register() -> Vec<Value> {
    let hash = argon2::Argon2::default().hash_password(CODE.as_bytes()).unwrap().to_string();
    let someone = |id: &str, name: &str| {
        json!({"kind": "person", "row": {
            "id": id, "operator": "OP1", "name": name, "post": "废气运维", "certificate_no": "1",
            "certificate_until": "2028-01-01", "code_hash": hash}})
    };
    vec![
        json!({"kind": "operator", "row": operator()}),
        json!({"kind": "discharger", "row": {"id": "D1", "name": "演示热电厂", "credit_code": "2", "address": "丙"}}),
        someone("P1", "张三"),
        someone("P2", "李四"),
        json!({"kind": "point", "row": {
            "id": "DA001", "discharger": "D1", "operator": "OP1", "name": "1# 烟囱", "number": "DA001", "medium": "gas",
            "jurisdiction": "CN", "location": "1# 烟囱 30 m", "position": {"longitude": "120", "latitude": "30"},
            "fence": {"shape": "circle", "center": {"longitude": "120", "latitude": "30"}, "radius_m": "100"},
            "system_maker": "甲厂", "installer": "乙厂"}}),
        json!({"kind": "instrument", "row": {
            "id": "I-SO2", "point": "DA001", "kind": "gas", "factor": "SO2", "sampling": "extractive", "brand": "甲",
            "model": "M1", "manufacturer": "甲厂", "serial_no": "1", "principle": "非分散红外", "unit": "mg/m³",
            "range_low": "0", "range_high": "200", "construction_state": "已验收"}}),
        bottle("B1", "160"),
        bottle("B2", "150.5"),
    ]
}
