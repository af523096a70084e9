//! The server with a certificate of its own.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::path::{Path, PathBuf};

use reqwest::Certificate;
use stackside_core::command::{CommandError, Enrol};
use stackside_device::http::client;
use stackside_server::{App, Config, Tls};
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::refusal;
use stackside_tests::wait::runtime;
use stackside_tests::{city, http};

fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tls").join(name)
}

/// Does whoever trusts this certificate alone reach the server?
fn reaches(server: &Server, certificate: &str) -> bool {
    let ca = Certificate::from_pem(&std::fs::read(pem(certificate)).unwrap()).unwrap();
    let url = format!("https://localhost:{}/api/v1/health", server.address().port());
    let call = client(Some(ca)).unwrap().get(url);
    runtime().block_on(async { call.send().await }).is_ok_and(|answer| answer.status().is_success())
}

fn serving(tls: Option<Tls>) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data: folder.path().to_owned() };
    App::new_key(&config).unwrap();
    Server::with_tls(folder, App::open(&config).unwrap(), tls).unwrap()
}

#[test]
fn a_renewed_certificate_takes_over_while_the_server_runs_and_a_broken_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let put = |cert: &str, private: &str| {
        std::fs::copy(pem(cert), &certificate).unwrap();
        std::fs::copy(pem(private), &key).unwrap();
    };
    put("cert.pem", "key.pem");
    let tls = Tls::open(&certificate, &key).unwrap();
    let server = serving(Some(tls.clone()));
    assert!(reaches(&server, "cert.pem") && !reaches(&server, "cert-renewed.pem"));
    put("cert-renewed.pem", "key.pem");
    assert!(tls.reload().is_err(), "they do not belong together");
    assert!(reaches(&server, "cert.pem"), "what was in force stays");
    put("cert-renewed.pem", "key-renewed.pem");
    tls.reload().unwrap();
    assert!(reaches(&server, "cert-renewed.pem") && !reaches(&server, "cert.pem"));
    std::fs::write(&certificate, "no certificate").unwrap();
    let error = Tls::open(&certificate, &key).err().unwrap().to_string();
    assert!(error.contains("cert.pem") || error.contains("certificate"), "{error}");
}

#[test]
fn a_sessions_cookie_stays_on_tls_whoever_ends_it() {
    let cookie = |server: &Server, scheme: &str, headers: &[(&str, &str)]| {
        server.app.add_user("anna", "regulator".parse().unwrap(), "CN", "eight-letters").unwrap();
        let ca = Certificate::from_pem(&std::fs::read(pem("cert.pem")).unwrap()).unwrap();
        let url = format!("{scheme}://localhost:{}", server.address().port());
        let call = client(Some(ca))
            .unwrap()
            .post(format!("{url}/login"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", url)
            .body("login=anna&password=eight-letters");
        let call = headers.iter().fold(call, |call, (name, value)| call.header(*name, *value));
        let answer = http::send(call).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.headers["set-cookie"].to_str().unwrap().to_owned()
    };
    let tls = || Some(Tls::open(&pem("cert.pem"), &pem("key.pem")).unwrap());
    for (name, tls, scheme, headers, want) in [
        ("its own", tls(), "https", vec![], true),
        ("a proxy's on this machine", None, "http", vec![("x-forwarded-proto", "https")], true),
        ("nobody's", None, "http", vec![], false),
    ] {
        let cookie = cookie(&serving(tls), scheme, &headers);
        assert_eq!(cookie.contains("; Secure"), want, "{name}: {cookie}");
    }
}

#[test]
fn no_evidence_goes_to_a_server_whose_certificate_nobody_vouches_for_nor_in_the_clear() {
    let server = serving(Some(Tls::open(&pem("cert.pem"), &pem("key.pem")).unwrap()));
    let tablet = Tablet::new(city::PLACE).unwrap();
    let enrol = |server: String| {
        let code = "12345678".to_owned();
        refusal(tablet.call(&Enrol { server, code })).unwrap()
    };
    let port = server.address().port();
    assert_eq!(enrol(format!("https://localhost:{port}")), CommandError::NotOurServer);
    assert_eq!(enrol(format!("http://192.0.2.1:{port}")), CommandError::Address);
    let in_the_clear = http::client().unwrap().get(format!("http://localhost:{port}/api/v1/health"));
    assert!(http::send(in_the_clear).is_err(), "no HTTP beside TLS");
}
