//! What the server says to those who ask too much, and what it tells of itself.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use stackside_core::command::{CommandError, Enrol};
use stackside_core::evidence::PublicKey;
use stackside_core::wire::EnrolReply;
use stackside_server::{App, Config};
use stackside_tests::http::{self, Answer};
use stackside_tests::server::{Server, ServerProgram};
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::{refusal, snap, sync_until_held};
use stackside_tests::wait::until;
use stackside_tests::{city, photo};

/// A server for which it is always half past.
fn frozen() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data: folder.path().to_owned() };
    App::new_key(&config).unwrap();
    let clock = || "2026-11-23T06:00:30Z".parse().unwrap();
    Server::with_tls(folder, App::open_with_clock(&config, Arc::new(clock)).unwrap(), None).unwrap()
}

/// An enrolment, through a proxy that names where it came from.
fn enrolment(url: &str, key: &PublicKey, code: &str, from: &str) -> Answer {
    let body = serde_json::json!({
        "code": code, "device": uuid::Uuid::now_v7(), "model": "x", "app_version": "0.1.0", "public_key": key,
    });
    let call = http::client().unwrap().post(format!("{url}/api/v1/enrol"));
    http::send(call.header("x-forwarded-for", from).json(&body)).unwrap()
}

fn wrong_code(server: &Server, from: &str) -> Answer {
    enrolment(&server.url(), server.app.public_key(), "00000000", from)
}

fn log_in(server: &Server, login: &str, from: &str) -> Answer {
    let call = http::client()
        .unwrap()
        .post(format!("{}/login", server.url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-for", from)
        .header("origin", server.url())
        .body(format!("login={login}&password=wrong"));
    http::send(call).unwrap()
}

fn retry_after(answer: &Answer) -> u64 {
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[test]
fn whoever_guesses_enrolment_codes_waits_longer_each_time_and_others_do_not() {
    let server = frozen();
    let status = || wrong_code(&server, "198.51.100.7").status.as_u16();
    let mut at_once: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..30).map(|_| scope.spawn(status)).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    at_once.sort_unstable();
    assert_eq!(at_once, [[403; 20].as_slice(), &[429; 10]].concat(), "who asks all at once is counted too");
    let told = wrong_code(&server, "198.51.100.7");
    assert_eq!(told.status, 429);
    assert_eq!(retry_after(&told), 1);
    assert_eq!(wrong_code(&server, "198.51.100.8").status, 403, "a neighbour is not meant");
}

#[test]
fn a_tablet_that_is_told_to_wait_says_for_how_long() {
    let server = frozen();
    // 60 wrong codes in a minute, from anywhere.
    for n in 0..60 {
        wrong_code(&server, &format!("198.51.100.{}", n % 30));
    }
    let tablet = Tablet::new(city::PLACE).unwrap();
    let enrol = Enrol { server: server.url(), code: "11111111".to_owned() };
    let refused = refusal(tablet.call(&enrol)).unwrap();
    assert_eq!(refused, CommandError::TooManyTries { wait_s: 30 });
}

#[test]
fn one_tablet_has_sixteen_requests_answered_at_once_and_keeps_no_other_waiting() {
    use std::io::Write;
    let server = Server::start().unwrap();
    let token = || {
        let code = server.enrol_code().unwrap();
        let answer = enrolment(&server.url(), server.app.public_key(), &code, "198.51.100.7");
        serde_json::from_slice::<EnrolReply>(&answer.body).unwrap().token
    };
    let (mad, calm) = (token(), token());
    let changes = |token: &str| {
        let call = http::client().unwrap().get(format!("{}/api/v1/changes", server.url()));
        http::send(call.bearer_auth(token)).unwrap()
    };
    let begun = || {
        let mut half = std::net::TcpStream::connect(server.address()).unwrap();
        let head = format!("POST /api/v1/entries HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {mad}");
        half.write_all(format!("{head}\r\ncontent-length: 900\r\n\r\n{{").as_bytes()).unwrap();
        half
    };
    let mut held: Vec<_> = (0..15).map(|_| begun()).collect();
    let told = until("word that it is enough", || {
        // One that came just now, while another was being answered, may have been sent away itself.
        held.push(begun());
        let answer = changes(&mad);
        Ok((answer.status == 429).then_some(answer))
    });
    assert_eq!(retry_after(&told.unwrap()), 1);
    assert_eq!(changes(&calm).status, 200, "another tablet is not meant");
    drop(held);
    until("a turn", || Ok((changes(&mad).status == 200).then_some(()))).unwrap();
}

#[test]
fn whoever_guesses_passwords_waits_by_login_and_by_address() {
    let server = frozen();
    for n in 0..5 {
        assert_eq!(log_in(&server, "anna", &format!("198.51.100.{n}")).status, 401);
    }
    let told = log_in(&server, "anna", "198.51.100.9");
    assert_eq!(told.status, 429);
    assert_eq!(retry_after(&told), 1);
    assert!(told.text().contains("秒后再试"), "the page says so in words");
    for n in 0..20 {
        assert_eq!(log_in(&server, &format!("person-{n}"), "203.0.113.5").status, 401);
    }
    assert_eq!(log_in(&server, "another", "203.0.113.5").status, 429);
}

#[test]
fn the_metrics_count_what_came_in_and_are_for_this_machine_or_a_token() {
    let server = Server::start().unwrap();
    let (tablet, visit) = Tablet::in_a_visit(&server, &server.url(), city::PERSON).unwrap();
    snap(&tablet, visit, &photo::jpeg(320, 240, 1).unwrap()).unwrap();
    sync_until_held(&tablet).unwrap();
    let get = |headers: &[(&str, &str)]| {
        let call = http::client().unwrap().get(format!("{}/metrics", server.url()));
        let call = headers.iter().fold(call, |call, (name, value)| call.header(*name, *value));
        http::send(call).unwrap()
    };
    let page = get(&[]).text();
    let value = |name: &str| {
        let line = page.lines().find(|line| line.starts_with(&format!("stackside_{name} "))).unwrap();
        line.split(' ').next_back().unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(value("entries_total"), 3, "enrolled, signed in, photo: {page}");
    assert_eq!((value("held_entries"), value("uploads_total"), value("held_files")), (3, 1, 1));
    assert_eq!((value("open_uploads"), value("devices")), (0, 1));
    assert_eq!(value("upload_bytes_total"), value("held_file_bytes"));
    assert!(value("batches_total") >= 1 && value("batch_bytes_total") > 500);
    let elsewhere = ("x-forwarded-for", "198.51.100.7");
    let told = get(&[elsewhere]);
    assert_eq!(told.status, 404);
    let nothing = http::client().unwrap().get(format!("{}/nothing", server.url()));
    assert_eq!(told.body, http::send(nothing).unwrap().body, "as if there were nothing");
    server.app.allow_machines("a token for machines");
    assert_eq!(get(&[elsewhere, ("authorization", "Bearer a token for machines")]).status, 200);
    assert_eq!(get(&[elsewhere, ("authorization", "Bearer another")]).status, 404);
    assert_eq!(
        get(&[]).status,
        404,
        "a proxy here may say nothing of whom it speaks for: the token alone counts"
    );
}

#[test]
fn a_server_that_is_told_to_end_ends_although_someone_holds_a_connection_open() {
    use std::io::{Read, Write};
    let folder = tempfile::tempdir().unwrap();
    let mut server = ServerProgram::start(folder.path()).unwrap();
    let address = server.url().trim_start_matches("http://").to_owned();
    let mut idle = std::net::TcpStream::connect(&address).unwrap();
    idle.write_all(b"GET /api/v1/health HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    assert!(idle.read(&mut [0; 1024]).unwrap() > 0);
    let mut half = std::net::TcpStream::connect(&address).unwrap();
    half.write_all(b"POST /api/v1/enrol HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{").unwrap();
    let start = Instant::now();
    server.terminate().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_server_that_is_told_to_read_its_files_anew_goes_on_and_names_the_new_recovery_key() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = ServerProgram::start(folder.path()).unwrap();
    let next = stackside_server::recovery::create(elsewhere.path()).unwrap();
    let told = server.run(&["keys", "recovery", "use", &next], None).unwrap();
    assert!(told.contains("systemctl reload"), "{told}");
    let key = App::server_key(&Config { data: folder.path().to_owned() }).unwrap();
    let named = || {
        let answer = enrolment(server.url(), &key, &server.enrol_code().unwrap(), "127.0.0.1");
        let reply: EnrolReply = serde_json::from_slice(&answer.body).unwrap();
        reply.recovery.is_some_and(|recovery| recovery.text.contains(&next))
    };
    assert!(!named(), "nobody has told the server yet");
    server.reload().unwrap();
    until("word of the new key", || Ok(named().then_some(()))).unwrap();
    let health = http::client().unwrap().get(format!("{}/api/v1/health", server.url()));
    assert_eq!(http::send(health).unwrap().status, 200);
}
