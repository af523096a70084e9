//! The socket: with TLS or without, patient with no one who says nothing, and soon at its end when it is told to end.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::App;
use crate::store::aside;

/// How often it is looked for uploads that nobody goes on with.
const SWEEP: Duration = Duration::from_secs(3600);
/// How long a caller may take for a handshake, and again for the head of a request.
const GREETING: Duration = Duration::from_secs(20);
/// How long requests that run may still take once it is told to end: what an upload had sent by then is kept.
const LAST_REQUESTS: Duration = Duration::from_millis(1500);
/// After an error of the socket itself, mostly too many open files.
const BREATH: Duration = Duration::from_millis(100);

/// Why serving ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The socket.
    #[error("the socket: {0}")]
    Socket(#[from] std::io::Error),
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that is not there, or no PEM.
    #[error("`{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: rustls::pki_types::pem::Error,
    },
    /// The certificate and the key do not fit.
    #[error("certificate and key: {0}")]
    Pair(#[from] rustls::Error),
}

/// Certificate and key, which can be read anew while it serves.
#[derive(Clone)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    // Replaced by `reload`, read at each new connection.
    acceptor: Arc<RwLock<TlsAcceptor>>,
}

impl Tls {
    /// Reads a chain of certificates and a private key, both PEM.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let acceptor = Arc::new(RwLock::new(acceptor(certificate, key)?));
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), acceptor })
    }
    /// Reads both files again; on an error those before stay in force.
    pub fn reload(&self) -> Result<(), TlsError> {
        let new = acceptor(&self.certificate, &self.key)?;
        *self.acceptor.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }
    fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let in_file = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { path, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(in_file(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(in_file(key))?;
    // Twice is harmless: the first provider stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// True if it speaks TLS with this server itself.
    pub(crate) is_tls: bool,
}

impl Peer {
    /// A socket that listens for both kinds of address writes an IPv4 one as `::ffff:192.0.2.1`.
    pub(crate) fn of(socket: SocketAddr, is_tls: bool) -> Self {
        Self { address: socket.ip().to_canonical(), is_tls }
    }
}

/// Serves until `stop` is done, then lets requests that run come to their end if that is soon.
pub async fn serve(
    app: &App,
    listener: TcpListener,
    tls: Option<Tls>,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let sweeper = tokio::spawn(sweep(app.clone()));
    let router = app.router();
    let (stopping, is_stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, socket)) => {
                let tls = tls.as_ref().map(Tls::acceptor);
                let peer = Peer::of(socket, tls.is_some());
                connections.spawn(connection(stream, peer, router.clone(), tls, is_stopping.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "no new connection");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    stopping.send_replace(true);
    let rest = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_REQUESTS, rest).await.is_err() {
        tracing::info!("connections were cut: it was told to end");
    }
    sweeper.abort();
    Ok(())
}

async fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    tls: Option<TlsAcceptor>,
    is_stopping: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return talk(stream, peer, router, is_stopping).await };
    match tokio::time::timeout(GREETING, tls.accept(stream)).await {
        Ok(Ok(stream)) => talk(stream, peer, router, is_stopping).await,
        Ok(Err(error)) => tracing::debug!(%error, "no handshake"),
        Err(_) => tracing::debug!("no handshake in time"),
    }
}

/// The requests of one connection.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    router: Router,
    mut is_stopping: watch::Receiver<bool>,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        TowerToHyperService::new(router.clone()).call(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(GREETING);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        done = connection.as_mut() => return ended(done),
        // An error means that the sender is gone: as good as told.
        _ = is_stopping.wait_for(|stopping| *stopping) => {}
    }
    connection.as_mut().graceful_shutdown();
    ended(connection.await);
}

fn ended(done: hyper::Result<()>) {
    if let Err(error) = done {
        tracing::debug!(%error, "a connection ended");
    }
}

async fn sweep(app: App) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        let app = app.clone();
        match aside(move || crate::api::drop_abandoned(&app)).await {
            Ok(0) => {}
            Ok(dropped) => tracing::info!(dropped, "let go of abandoned uploads"),
            Err(error) => tracing::error!(%error, "could not let go of abandoned uploads"),
        }
    }
}
