//! The development host: the app in a browser on this machine.
#![expect(clippy::print_stdout, reason = "it prints its address")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use stackside_device::clock::{Ahead, SystemClock};
use stackside_device::{Config, Device, Door, Parts, Positions, host};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Stackside (运维随行) in a browser, for development. Loopback only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The data folder.
    #[arg(long)]
    data: PathBuf,
    /// The built screens.
    #[arg(long)]
    ui: PathBuf,
    /// A GPX track to play as positions; without it there are none.
    #[arg(long)]
    gpx: Option<PathBuf>,
    /// How many times faster the track is played.
    #[arg(long, default_value_t = 1.0, requires = "gpx")]
    gpx_speed: f64,
    /// How many minutes the clocks are ahead of the machine's: to see a deadline pass without waiting for it.
    #[arg(long, default_value_t = 0)]
    ahead_min: u32,
    /// Where to listen; loopback only.
    #[arg(long, default_value = "127.0.0.1:8780")]
    listen: SocketAddr,
    /// The token; a new one each time if it is not given.
    #[arg(long)]
    token: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("STACKSIDE_LOG").unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            eprintln!("stackside-host: {line}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { data, ui, gpx, gpx_speed, ahead_min, listen, token } = arguments;
    if !listen.ip().is_loopback() {
        return Err(format!("{listen} is not an address of this machine alone: use 127.0.0.1 or [::1]"));
    }
    if !ui.join("index.html").is_file() {
        return Err(format!("{} holds no index.html: build the screens first", ui.display()));
    }
    let positions = match gpx {
        Some(file) => Positions::Gpx { file, speed: gpx_speed },
        None => Positions::None,
    };
    let model = format!("stackside-host on {}", std::env::consts::OS);
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let system = SystemClock::new().map_err(|error| format!("the clocks: {error}"))?;
    let clock = Arc::new(Ahead::of(system, ahead_min));
    let config = Config { data, positions, model };
    let door = Door::new(move || {
        let parts = Parts { clock: Some(clock.clone()), ..Parts::default() };
        Device::open_with(config.clone(), parts)
    });
    // Where it does not open, the log and the screens say why.
    let _ = door.device();
    let token = token.unwrap_or_else(host::token);
    println!("Stackside: http://{address}/?token={token}");
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let serve = axum::serve(listener, host::router(door.clone(), ui, token, address));
    // Event streams never end by themselves, so the end is ours: what was acknowledged is committed already.
    let served = tokio::select! {
        served = serve => served.map_err(|error| error.to_string()),
        _ = terminate.recv() => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    let closed = tokio::task::spawn_blocking(move || door.close()).await;
    closed.map_err(|error| error.to_string())?;
    served
}
