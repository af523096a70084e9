//! A bad line: a TCP proxy that counts, cuts after so many bytes, loses replies, leads elsewhere, and is down until it
//! is up again.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Result;
use crate::wait::runtime;

/// What went through.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Traffic {
    /// Bytes that went up, to the server.
    pub sent_bytes: u64,
    /// How often the line was cut by its limit.
    pub cuts: u32,
    /// The `Upload-Offset` of each PATCH, in order; a cut shows as the number of offsets before it.
    pub offsets: Vec<u64>,
    /// For each cut, how many offsets came before.
    pub offsets_at_cut: Vec<usize>,
    /// Bytes of files that went up, without heads.
    pub uploaded_bytes: u64,
}

impl Traffic {
    /// Where the upload went on after the last cut.
    pub fn resumed_at(&self) -> Option<u64> {
        self.offsets.get(*self.offsets_at_cut.last()?).copied()
    }
}

#[derive(Default)]
struct Line {
    down: bool,
    /// A request that begins so arrives; its reply does not.
    loses_reply_to: Option<&'static str>,
    /// Bytes that may still go up before the line is cut.
    left: Option<u64>,
    /// Once it is cut, it is there again for so many more.
    again: Option<u64>,
    /// Only the bytes of files count against `left`.
    only_files: bool,
    traffic: Traffic,
}

struct Shared {
    // Both written by the test, read and counted by every connection.
    to: Mutex<SocketAddr>,
    line: Mutex<Line>,
    /// Counts cuts: connections of an older number end.
    generation: watch::Sender<u64>,
}

/// The proxy; it ends when it is dropped.
pub struct CutProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl CutProxy {
    /// Listens on a free port of this machine and hands on to `to`.
    pub fn start(to: SocketAddr) -> Result<Self> {
        let listener = runtime().block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            to: Mutex::new(to),
            line: Mutex::default(),
            generation: watch::Sender::new(0),
        });
        let task = runtime().spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }
    /// As `http://…`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
    /// Cuts all connections and takes no new ones.
    pub fn down(&self) {
        self.shared.line().down = true;
        self.shared.generation.send_modify(|n| *n += 1);
    }
    /// The line is there again.
    pub fn up(&self) {
        let mut line = self.shared.line();
        let traffic = std::mem::take(&mut line.traffic);
        *line = Line { traffic, ..Line::default() };
    }
    /// Requests that begin with `head` arrive at the server, and no reply comes back: the connection ends instead.
    pub fn lose_reply_to(&self, head: &'static str) {
        self.shared.line().loses_reply_to = Some(head);
    }
    /// Leads new connections elsewhere and ends the old ones: another network.
    pub fn lead_to(&self, to: SocketAddr) {
        *self.shared.to.lock().unwrap_or_else(PoisonError::into_inner) = to;
        self.shared.generation.send_modify(|n| *n += 1);
    }
    /// The line is there, and is cut once so many more bytes went up; then it is down.
    pub fn cut_after(&self, bytes: u64) {
        let mut line = self.shared.line();
        (line.down, line.left) = (false, Some(bytes));
    }
    /// The line is cut each time that so many more bytes went up, and is there again at once.
    pub fn cut_every(&self, bytes: u64) {
        let mut line = self.shared.line();
        (line.down, line.left, line.again) = (false, Some(bytes), Some(bytes));
    }
    /// As [`CutProxy::cut_every`], where only bytes of files count.
    pub fn cut_files_every(&self, bytes: u64) {
        self.cut_every(bytes);
        self.shared.line().only_files = true;
    }
    /// What went through so far.
    pub fn traffic(&self) -> Traffic {
        self.shared.line().traffic.clone()
    }
}

impl Drop for CutProxy {
    fn drop(&mut self) {
        self.task.abort();
        self.down();
    }
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// How many of these bytes may go up; fewer than all if the line is cut within them.
    /// The first `head` of them are no file's.
    fn pass(&self, bytes: &[u8], head: usize) -> usize {
        let mut line = self.line();
        if line.down {
            return 0;
        }
        line.traffic.offsets.extend(upload_offset(bytes));
        let free = if line.only_files { head } else { 0 };
        let counted = (bytes.len() - free) as u64;
        let passed = free + line.left.map_or(counted, |left| counted.min(left)) as usize;
        line.traffic.sent_bytes += passed as u64;
        line.traffic.uploaded_bytes += passed.saturating_sub(head) as u64;
        if let Some(left) = line.left {
            line.left = Some(left - (passed - free) as u64);
            if passed < bytes.len() {
                (line.down, line.left) = (line.again.is_none(), line.again);
                line.traffic.cuts += 1;
                let seen = line.traffic.offsets.len();
                line.traffic.offsets_at_cut.push(seen);
                drop(line);
                self.generation.send_modify(|n| *n += 1);
            }
        }
        passed
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((near, _)) = listener.accept().await {
        if shared.line().down {
            continue; // dropped: the device sees a closed connection
        }
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let mut cut = shared.generation.subscribe();
            let to = *shared.to.lock().unwrap_or_else(PoisonError::into_inner);
            let Ok(far) = TcpStream::connect(to).await else { return };
            let _ = (near.set_nodelay(true), far.set_nodelay(true));
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            let both = async {
                let loses = AtomicBool::new(false);
                tokio::select! {
                    () = up(near_in, far_out, &shared, &loses) => {}
                    () = down(far_in, near_out, &loses) => {}
                }
            };
            tokio::select! {
                () = both => {}
                _ = cut.changed() => {}
            }
        });
    }
}

async fn up(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared, loses: &AtomicBool) {
    let mut buffer = vec![0; 16 * 1024];
    let mut is_file = false;
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if shared.line().loses_reply_to.is_some_and(|head| buffer.starts_with(head.as_bytes())) {
            loses.store(true, Ordering::SeqCst);
        }
        let head = head_length(&buffer[..read]);
        is_file = if head > 0 { buffer.starts_with(b"PATCH ") } else { is_file };
        let passed = shared.pass(&buffer[..read], if is_file { head } else { read });
        if to.write_all(&buffer[..passed]).await.is_err() || passed < read {
            break;
        }
    }
    let _ = to.shutdown().await;
}

async fn down(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, loses: &AtomicBool) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if loses.load(Ordering::SeqCst) || to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

/// How long the head of a request is that begins here; 0 where none does.
fn head_length(bytes: &[u8]) -> usize {
    let begins =
        [&b"GET "[..], b"POST ", b"PATCH ", b"HEAD ", b"DELETE "].iter().any(|m| bytes.starts_with(m));
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    end.filter(|_| begins).map_or(0, |end| end + 4)
}

/// The offset in the head of a PATCH; heads are written in one go, so they stand at the start of what is read.
fn upload_offset(bytes: &[u8]) -> Option<u64> {
    let head = &bytes[..bytes.len().min(4096)];
    if !head.starts_with(b"PATCH ") {
        return None;
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, after) = head.split_once("\r\nupload-offset:")?;
    after.split("\r\n").next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_read_from_the_head_of_a_patch_only() {
        let patch = b"PATCH /api/v1/files/7 HTTP/1.1\r\nhost: x\r\nUpload-Offset: 1048576\r\n\r\n\xff\xd8";
        assert_eq!(upload_offset(patch), Some(1_048_576));
        assert_eq!(upload_offset(b"HEAD / HTTP/1.1\r\nupload-offset: 5\r\n\r\n"), None);
        assert_eq!(upload_offset(b"\xff\xd8\r\nupload-offset: 5\r\n"), None);
    }

    #[test]
    fn the_line_is_cut_within_the_byte_and_counts_what_passed() {
        let shared = Shared {
            to: Mutex::new(([127, 0, 0, 1], 1).into()),
            line: Mutex::default(),
            generation: watch::Sender::new(0),
        };
        let pass = |bytes: &[u8]| shared.pass(bytes, bytes.len());
        assert_eq!(pass(&[0; 10]), 10);
        shared.line().left = Some(25);
        assert_eq!((pass(&[0; 20]), pass(&[0; 20]), pass(&[0; 20])), (20, 5, 0));
        let traffic = shared.line().traffic.clone();
        assert_eq!((traffic.sent_bytes, traffic.cuts, *shared.generation.borrow()), (35, 1, 1));
    }
}
