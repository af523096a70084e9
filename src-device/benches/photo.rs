//! How long the copies of a 12-megapixel photo take beside sharp (libvips, one thread), and how long the whole way of a
//! photo to the disk takes (issue 4). Both take turns in one run, so that a busy machine is busy for both. Prints each
//! ratio with its target; fails when one is missed. Run it by `make bench`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and what helps it may panic"
)]

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::Instant;

use stackside_core::hash::Hash;
use stackside_core::photo::PhotoFormat;
use stackside_device::photo::{Copies, copies};
use stackside_device::seal::{Recipient, seal};

#[path = "../../tests/src/photo.rs"]
mod photo;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const RUNS: usize = 11;
const COPIES_TARGET: f64 = 1.0;
const ALL_TARGET: f64 = 1.5;

fn main() -> ExitCode {
    let original = photo::jpeg_12_megapixels(7).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("original.jpg");
    std::fs::write(&file, &original).unwrap();
    let mut sharp = Sharp::start(&file);
    let recipient: Recipient =
        "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".parse().unwrap();
    let lines = [
        "演示热电厂 · 1# 烟囱",
        "2026-11-23 14:05:09",
        "东经 112.900000° · 北纬 40.000000° · 误差 8 m",
        "张三 · 原图 ba7816bf",
    ];
    let lines = lines.map(str::to_owned);
    let (mut theirs, mut plain, mut all) = (vec![], vec![], vec![]);
    for _ in 0..RUNS {
        theirs.push(sharp.once());
        plain.push(timed(|| drop(copies(&original, PhotoFormat::Jpeg, &[]).unwrap())));
        all.push(timed(|| {
            let sha256 = Hash::of(&original);
            let Copies { shown, thumbnail } = copies(&original, PhotoFormat::Jpeg, &lines).unwrap();
            for (name, bytes) in [("original", &original), ("shown", &shown), ("thumbnail", &thumbnail)] {
                let mut kept = File::create(folder.path().join(format!("{sha256}.{name}"))).unwrap();
                seal(&recipient, &mut &bytes[..], &mut kept).unwrap();
                kept.sync_all().unwrap();
            }
        }));
    }
    // By the quickest of each: everything slower tells of whatever else the machine does.
    let best = |times: &[f64]| times.iter().copied().fold(f64::MAX, f64::min);
    println!("{:<52} {:>9} {:>9} {:>7} {:>7}", "12 megapixels, release", "ours", "sharp", "ratio", "target");
    let missed = [
        ("decode, 2048 px, thumbnail, encode", &plain, COPIES_TARGET),
        ("and hash, mark, encryption, flush", &all, ALL_TARGET),
    ]
    .map(|(name, ours, target)| {
        let (ours, theirs) = (best(ours), best(&theirs));
        let ratio = ours / theirs;
        let end = if ratio > target { "  MISSED" } else { "" };
        println!("{name:<52} {ours:>6.0} ms {theirs:>6.0} ms {ratio:>7.2} {target:>7.2}{end}");
        ratio > target
    });
    if missed.contains(&true) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn timed(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64() * 1e3
}

/// sharp in a process of its own, asked line by line.
struct Sharp {
    process: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Sharp {
    fn start(original: &std::path::Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/sharp.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .arg(original)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (ask, answers) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, ask, answers }
    }
    /// Milliseconds that it took, by its own clock.
    fn once(&mut self) -> f64 {
        writeln!(self.ask, "go").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim().parse().unwrap_or_else(|_| panic!("sharp says {line:?}: run scripts/setup.sh test"))
    }
}

impl Drop for Sharp {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
