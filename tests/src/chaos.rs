//! A network that lies: a proxy on which each request may be cut, lost, doubled, held back, or answered by someone else.
//! What happens is drawn from a seed.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::Result;
use crate::chance::Chance;
use crate::wait::runtime;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It gets through, and its reply too.
    Through,
    /// The line is cut within the request.
    CutRequest,
    /// It arrives, and no reply comes back.
    LoseReply,
    /// The line is cut within the reply.
    CutReply,
    /// It takes its time.
    Delay,
    /// It arrives twice.
    Double,
    /// It is lost, and arrives after later ones.
    Late,
    /// A proxy on the way answers 502, whether or not it arrived.
    BadGateway,
    /// A login page with status 200 answers instead.
    LoginPage,
    /// It trickles and never ends.
    Trickle,
}

impl Fate {
    /// The faults.
    pub const FAULTS: [Self; 9] = [
        Self::CutRequest,
        Self::LoseReply,
        Self::CutReply,
        Self::Delay,
        Self::Double,
        Self::Late,
        Self::BadGateway,
        Self::LoginPage,
        Self::Trickle,
    ];
}

/// Requests that are held back, at most.
const HELD_BACK: usize = 8;
const PAGE: &[u8] = b"<html><title>\xe8\xaf\xb7\xe7\x99\xbb\xe5\xbd\x95 Wi-Fi</title></html>";

struct Weather {
    chance: Chance,
    /// Of 100 requests so many meet a fault.
    faults_percent: u64,
    /// By [`Fate::FAULTS`].
    met: [u64; 9],
    requests: u64,
    held_back: VecDeque<Vec<u8>>,
}

/// The proxy; it ends when it is dropped.
pub struct ChaosProxy {
    address: SocketAddr,
    // Every connection draws from it.
    weather: Arc<Mutex<Weather>>,
    task: JoinHandle<()>,
}

impl ChaosProxy {
    /// Hands on to `to` what chance lets through; at first all of it.
    pub fn start(to: SocketAddr, seed: u64) -> Result<Self> {
        let listener = runtime().block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let weather = Weather {
            chance: Chance(seed),
            faults_percent: 0,
            met: [0; 9],
            requests: 0,
            held_back: VecDeque::new(),
        };
        let weather = Arc::new(Mutex::new(weather));
        let shared = Arc::clone(&weather);
        let task = runtime().spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, to, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, weather, task })
    }
    /// As `http://…`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
    /// From now on so many of 100 requests meet a fault.
    pub fn faults(&self, percent: u64) {
        lock(&self.weather).faults_percent = percent;
    }
    /// How many requests there were, and how many met each fault.
    pub fn tally(&self) -> (u64, [(Fate, u64); 9]) {
        let weather = lock(&self.weather);
        (weather.requests, std::array::from_fn(|n| (Fate::FAULTS[n], weather.met[n])))
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(weather: &Mutex<Weather>) -> MutexGuard<'_, Weather> {
    weather.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Weather {
    /// What becomes of the next request, and a number for where in it.
    fn draw(&mut self) -> (Fate, u64) {
        self.requests += 1;
        let place = self.chance.below(u64::MAX);
        if self.chance.below(100) >= self.faults_percent {
            return (Fate::Through, place);
        }
        let which = self.chance.below(9) as usize;
        self.met[which] += 1;
        (Fate::FAULTS[which], place)
    }
}

/// The requests of one connection, one after the other.
async fn carry(mut near: TcpStream, to: SocketAddr, weather: Arc<Mutex<Weather>>) {
    let _ = near.set_nodelay(true);
    let Some(request) = read_request(&mut near).await else { return };
    let (fate, place) = lock(&weather).draw();
    let late = match fate {
        Fate::Through => lock(&weather).held_back.pop_front(),
        _ => None,
    };
    meet(fate, place, &request, &mut near, to, &weather).await;
    // After the one that came later.
    if let Some(late) = late {
        let _ = exchange(to, &late).await;
    }
}

async fn meet(
    fate: Fate,
    place: u64,
    request: &[u8],
    near: &mut TcpStream,
    to: SocketAddr,
    weather: &Mutex<Weather>,
) {
    let within = |bytes: &[u8]| (place % bytes.len().max(1) as u64) as usize;
    let reply = match fate {
        Fate::Through => exchange(to, request).await,
        Fate::Delay => {
            tokio::time::sleep(Duration::from_millis(place % 40)).await;
            exchange(to, request).await
        }
        Fate::Double => {
            let both = tokio::join!(exchange(to, request), exchange(to, request));
            both.0
        }
        Fate::CutRequest => {
            if let Ok(mut far) = TcpStream::connect(to).await {
                let _ = far.write_all(&request[..within(request)]).await;
            }
            return;
        }
        Fate::LoseReply => return drop(exchange(to, request).await),
        Fate::CutReply => exchange(to, request).await.map(|mut reply| {
            reply.truncate(within(&reply));
            reply
        }),
        Fate::Late => {
            let mut weather = lock(weather);
            if weather.held_back.len() < HELD_BACK {
                weather.held_back.push_back(request.to_vec());
            }
            return;
        }
        Fate::BadGateway => {
            if place.is_multiple_of(2) {
                drop(exchange(to, request).await);
            }
            Ok(page("502 Bad Gateway"))
        }
        Fate::LoginPage => Ok(page("200 OK")),
        Fate::Trickle => return trickle(request, near, to).await,
    };
    if let Ok(reply) = reply {
        let _ = near.write_all(&reply).await;
    }
    let _ = near.shutdown().await;
}

/// Byte by byte towards the server and, as if that were a reply, back, until the near side gives up.
async fn trickle(request: &[u8], near: &mut TcpStream, to: SocketAddr) {
    let Ok(mut far) = TcpStream::connect(to).await else { return };
    for byte in request.iter().take(40) {
        if far.write_all(&[*byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let _ = near.write_all(b"HTTP/1.1 200 OK\r\ncontent-le").await;
    let mut nothing = [0; 16];
    while let Ok(1..) = near.read(&mut nothing).await {}
}

fn page(status: &str) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        PAGE.len()
    );
    [head.as_bytes(), PAGE].concat()
}

/// Sends a request on a connection of its own and takes in the whole reply.
async fn exchange(to: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut far = TcpStream::connect(to).await?;
    far.write_all(request).await?;
    let mut reply = Vec::new();
    far.read_to_end(&mut reply).await?;
    Ok(reply)
}

/// A whole request, changed so that the connection ends with its reply; nothing at the end.
async fn read_request(near: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 2;
        }
        if near.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length: usize = match text.split_once("\r\ncontent-length:") {
        Some((_, after)) => after.split("\r\n").next()?.trim().parse().ok()?,
        None => 0,
    };
    while bytes.len() < head + 2 + length {
        if near.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some([&bytes[..head], b"connection: close\r\n", &bytes[head..]].concat())
}
