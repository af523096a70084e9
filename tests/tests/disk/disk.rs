//! A disk below SQLite that fails when a test says so: a VFS around the system's own. It counts the calls that reach
//! it, and remembers what was written since the last flush, so that a power cut can take it away.
#![expect(unsafe_code, reason = "a VFS is a table of C functions")]

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_void};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ffi::{
    SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR_DELETE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_READ,
    SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE, SQLITE_OK, sqlite3_file, sqlite3_io_methods, sqlite3_vfs,
    sqlite3_vfs_find, sqlite3_vfs_register,
};
use stackside_tests::Result;

/// Power fails between sectors of this size, bytes.
const SECTOR: usize = 512;
/// So many writes find no space before someone made some.
const WRITES_WITHOUT_SPACE: u32 = 4;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// One call fails, and nothing of it is done.
    Error,
    /// Some writes find no space.
    Full,
    /// The power is cut: nothing works until [`Disk::power_on`].
    PowerCut,
}

/// A call that can fail, by what SQLite hears then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Call {
    Open = SQLITE_CANTOPEN,
    Read = SQLITE_IOERR_READ,
    Write = SQLITE_IOERR_WRITE,
    Truncate = SQLITE_IOERR_TRUNCATE,
    Sync = SQLITE_IOERR_FSYNC,
    Delete = SQLITE_IOERR_DELETE,
}

/// Something written and not flushed.
struct Change {
    at: u64,
    old: Vec<u8>,
    old_size: u64,
    /// Nothing where the file was cut off at `at`.
    new: Option<Vec<u8>>,
}

#[derive(Default)]
struct State {
    calls: u64,
    planned: Option<(u64, Fault)>,
    met: Option<Call>,
    without_space: u32,
    is_off: bool,
    open: u32,
    unflushed: BTreeMap<PathBuf, Vec<Change>>,
}

/// The disk. SQLite knows it as long as the process lives.
pub struct Disk {
    name: CString,
    below: *mut sqlite3_vfs,
    state: Mutex<State>,
}

// SAFETY: `below` is SQLite's own, which any thread may use and which is never freed.
unsafe impl Sync for Disk {}

impl Disk {
    /// A new one, known to SQLite.
    pub fn new() -> &'static Self {
        let name = CString::new(format!("failing-{}", uuid::Uuid::now_v7())).unwrap();
        // SAFETY: a plain look-up; the default VFS is always there.
        let below = unsafe { sqlite3_vfs_find(std::ptr::null()) };
        let disk: &'static Self = Box::leak(Box::new(Self { name, below, state: Mutex::default() }));
        // SAFETY: `below` points to a whole table. The copy lives as long as the process.
        let vfs = Box::leak(Box::new(unsafe { *below }));
        vfs.szOsFile += size_of::<Above>() as c_int;
        vfs.pNext = std::ptr::null_mut();
        vfs.zName = disk.name.as_ptr();
        vfs.pAppData = std::ptr::from_ref(disk).cast_mut().cast();
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        // SAFETY: `vfs` and all that it names is never freed.
        assert_eq!(unsafe { sqlite3_vfs_register(vfs, 0) }, SQLITE_OK);
        disk
    }
    /// The name under which SQLite knows it.
    pub fn name(&self) -> &str {
        self.name.to_str().unwrap()
    }
    /// Lays down what happens at a call from now on.
    pub fn plan(&self, calls: u64, fault: Fault) {
        let mut state = self.state();
        (state.met, state.planned) = (None, Some((state.calls + calls, fault)));
    }
    /// There is space again.
    pub fn make_room(&self) {
        self.state().without_space = 0;
    }
    /// No fault is planned any more.
    pub fn stay_whole(&self) {
        self.state().planned = None;
    }
    /// The call that met the fault.
    pub fn met(&self) -> Option<Call> {
        self.state().met
    }
    /// How many calls reached it so far.
    pub fn calls(&self) -> u64 {
        self.state().calls
    }
    /// True after a power cut.
    pub fn is_off(&self) -> bool {
        self.state().is_off
    }
    /// True if a connection is open.
    pub fn is_in_use(&self) -> bool {
        self.state().open > 0
    }
    /// The power comes back; the files are closed. Of each write that was not flushed, in any order, all is there,
    /// nothing, or some sectors of it, as `below` (a random number below its argument) says.
    pub fn power_on(&self, mut below: impl FnMut(u64) -> u64) -> Result<()> {
        let mut state = self.state();
        (state.is_off, state.planned) = (false, None);
        for (path, changes) in std::mem::take(&mut state.unflushed) {
            let Ok(file) = File::options().read(true).write(true).open(&path) else { continue };
            for change in changes.iter().rev() {
                file.write_all_at(&change.old, change.at)?;
                file.set_len(change.old_size)?;
            }
            for change in &changes {
                match (&change.new, below(3)) {
                    (_, 0) => {}
                    (Some(new), 1) => {
                        let sectors = below((new.len() / SECTOR) as u64 + 1) as usize;
                        file.write_all_at(&new[..(sectors * SECTOR).min(new.len())], change.at)?;
                    }
                    (Some(new), _) => file.write_all_at(new, change.at)?,
                    (None, _) => file.set_len(change.at)?,
                }
            }
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// What SQLite hears instead, if this call fails.
    fn failure(&self, call: Call) -> Option<c_int> {
        let mut state = self.state();
        state.calls += 1;
        let calls = state.calls;
        if let Some((_, fault)) = state.planned.take_if(|(at, _)| *at <= calls) {
            state.met = Some(call);
            match fault {
                Fault::Error => return Some(call as c_int),
                Fault::Full => state.without_space = WRITES_WITHOUT_SPACE,
                Fault::PowerCut => state.is_off = true,
            }
        }
        if state.is_off {
            return Some(call as c_int);
        }
        if call == Call::Write && state.without_space > 0 {
            state.without_space -= 1;
            return Some(SQLITE_FULL);
        }
        None
    }
    fn remember(&self, path: &Path, change: Change) {
        self.state().unflushed.entry(path.to_owned()).or_default().push(change);
    }
    fn forget(&self, path: &Path) {
        self.state().unflushed.remove(path);
    }
}

/// What SQLite takes for its file; the file of the VFS below follows it in memory.
#[repr(C)]
struct Above {
    base: sqlite3_file,
    disk: &'static Disk,
    /// Nothing for a temporary file without a name.
    path: Option<Box<PathBuf>>,
}

impl Above {
    /// SAFETY: `file` was opened by [`open`] and is not closed.
    unsafe fn of<'a>(file: *mut sqlite3_file) -> &'a Self {
        unsafe { &*file.cast() }
    }
    fn path(&self) -> Option<&Path> {
        self.path.as_deref().map(PathBuf::as_path)
    }
    fn failure(&self, call: Call) -> Option<c_int> {
        // What has no name is gone with the power anyway.
        self.path().and_then(|_| self.disk.failure(call))
    }
}

/// SAFETY: as [`Above::of`]; or the memory that [`open`] was given.
unsafe fn beneath(file: *mut sqlite3_file) -> *mut sqlite3_file {
    unsafe { file.cast::<Above>().add(1).cast() }
}

/// Calls a function of the file below; all of them are there in a VFS with shared memory.
macro_rules! below {
    ($file:ident . $name:ident ( $($arg:expr),* )) => {{
        // SAFETY: SQLite hands over a file that [`open`] opened, and arguments that the VFS below takes.
        unsafe {
            let file = beneath($file);
            (*(*file).pMethods).$name.unwrap()(file $(, $arg)*)
        }
    }};
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    // Without mapped memory, which would write past this VFS.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

unsafe fn disk_of(vfs: *mut sqlite3_vfs) -> &'static Disk {
    unsafe { &*(*vfs).pAppData.cast::<Disk>() }
}

unsafe fn path_of(name: *const c_char) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()))
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives memory of `szOsFile` bytes, and a name that ends with a zero or none.
    unsafe {
        (*file).pMethods = std::ptr::null();
        let disk = disk_of(vfs);
        let path = (!name.is_null()).then(|| Box::new(path_of(name)));
        if path.is_some()
            && let Some(failure) = disk.failure(Call::Open)
        {
            return failure;
        }
        let below = beneath(file);
        let done = (*disk.below).xOpen.unwrap()(disk.below, name, below, flags, out);
        if done == SQLITE_OK {
            disk.state().open += 1;
            let base = sqlite3_file { pMethods: &METHODS };
            file.cast::<Above>().write(Above { base, disk, path });
        }
        done
    }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync_dir: c_int) -> c_int {
    // SAFETY: SQLite's own name, which ends with a zero.
    unsafe {
        let disk = disk_of(vfs);
        if let Some(failure) = disk.failure(Call::Delete) {
            return failure;
        }
        disk.forget(&path_of(name));
        (*disk.below).xDelete.unwrap()(disk.below, name, sync_dir)
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let done = below!(file.xClose());
    // SAFETY: opened by [`open`], and SQLite closes a file once.
    unsafe {
        Above::of(file).disk.state().open -= 1;
        file.cast::<Above>().drop_in_place();
    }
    done
}

unsafe extern "C" fn read(file: *mut sqlite3_file, to: *mut c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: an open file.
    match unsafe { Above::of(file) }.failure(Call::Read) {
        Some(failure) => failure,
        None => below!(file.xRead(to, length, at)),
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: an open file, and `length` bytes to write.
    let (above, new) =
        unsafe { (Above::of(file), std::slice::from_raw_parts(from.cast::<u8>(), length as usize)) };
    if let Some(failure) = above.failure(Call::Write) {
        return failure;
    }
    if let Some(path) = above.path() {
        match change(file, at, Some(new)) {
            Ok(change) => above.disk.remember(path, change),
            Err(failure) => return failure,
        }
    }
    below!(file.xWrite(from, length, at))
}

/// What a write would change, or without `new` a cut; `file` is open.
fn change(file: *mut sqlite3_file, at: i64, new: Option<&[u8]>) -> std::result::Result<Change, c_int> {
    let mut size = 0;
    let done = below!(file.xFileSize(&mut size));
    if done != SQLITE_OK {
        return Err(done);
    }
    let end = new.map_or(size, |new| size.min(at + new.len() as i64));
    let mut old = vec![0_u8; usize::try_from(end - at).unwrap_or(0)];
    let done = match old.len() as c_int {
        0 => SQLITE_OK,
        length => below!(file.xRead(old.as_mut_ptr().cast(), length, at)),
    };
    let new = new.map(<[u8]>::to_owned);
    if done == SQLITE_OK { Ok(Change { at: at as u64, old, old_size: size as u64, new }) } else { Err(done) }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    // SAFETY: an open file.
    let above = unsafe { Above::of(file) };
    if let Some(failure) = above.failure(Call::Truncate) {
        return failure;
    }
    if let Some(path) = above.path() {
        match change(file, size, None) {
            Ok(change) => above.disk.remember(path, change),
            Err(failure) => return failure,
        }
    }
    below!(file.xTruncate(size))
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: an open file.
    let above = unsafe { Above::of(file) };
    if let Some(failure) = above.failure(Call::Sync) {
        return failure;
    }
    let done = below!(file.xSync(flags));
    if done == SQLITE_OK
        && let Some(path) = above.path()
    {
        above.disk.forget(path);
    }
    done
}

/// Functions that only hand on to the file below.
macro_rules! hand_on {
    ($($name:ident / $method:ident ($($arg:ident: $type:ty),*) $(-> $out:ty)?;)+) => { $(
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $arg: $type)*) $(-> $out)? {
            below!(file.$method($($arg),*))
        }
    )+ };
}

hand_on! {
    file_size / xFileSize (size: *mut i64) -> c_int;
    lock / xLock (level: c_int) -> c_int;
    unlock / xUnlock (level: c_int) -> c_int;
    check_reserved_lock / xCheckReservedLock (out: *mut c_int) -> c_int;
    file_control / xFileControl (code: c_int, arg: *mut c_void) -> c_int;
    sector_size / xSectorSize () -> c_int;
    device_characteristics / xDeviceCharacteristics () -> c_int;
    shm_map / xShmMap (page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int;
    shm_lock / xShmLock (offset: c_int, count: c_int, flags: c_int) -> c_int;
    shm_barrier / xShmBarrier ();
    shm_unmap / xShmUnmap (delete: c_int) -> c_int;
}
