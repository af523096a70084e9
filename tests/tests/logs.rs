//! What the logs of tablet and server hold of a whole visit: no answer and no secret (case 20).

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::io;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use stackside_core::command::{Enrol, GetRecord};
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::{city, http, photo};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Page {
    type Writer = Self;
    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[test]
fn a_whole_visit_leaves_no_answer_and_no_secret_in_any_log() {
    let log = Page::default();
    // Everything that the programs can be made to say, and more than they say by default.
    tracing_subscriber::fmt()
        .json()
        .with_env_filter("debug,stackside_device=trace,stackside_server=trace")
        .with_writer(log.clone())
        .init();
    let server = Server::start().unwrap();
    let enrol_code = server.enrol_code().unwrap();
    let person_code = server.person_code(city::PERSON).unwrap();
    let tablet = Tablet::new(city::PLACE).unwrap();
    enrol(&tablet, &server.url(), &enrol_code).unwrap();
    let again = tablet.call(&Enrol { server: server.url(), code: enrol_code.clone() });
    assert!(again.is_err(), "a used code fails, and failing is where secrets leak");
    sync_until_known(&tablet, city::PERSON).unwrap();
    first_unlock(&tablet, city::PERSON, &person_code).unwrap();
    let visit = sign_in(&tablet, city::POINT).unwrap();
    let record = signed_record(&tablet, visit, &photo::jpeg(320, 240, 1).unwrap()).unwrap();
    let answers = tablet.call(&GetRecord { record }).unwrap().answers;
    sign_out(&tablet, visit).unwrap();
    sync_until_held(&tablet).unwrap();
    let password = "a password that nobody may read";
    server.app.add_user("anna", "supervisor".parse().unwrap(), city::OPERATOR, password).unwrap();
    let body = format!("login=anna&password={}", password.replace(' ', "+"));
    for (path, body) in [("login", body.as_str()), ("api/v1/enrol", r#"{"code": {"secret": "31415926"}}"#)] {
        let call = http::client()
            .unwrap()
            .post(format!("{}/{path}?secret=31415926", server.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", server.url())
            .body(body.to_owned());
        http::send(call).unwrap();
    }

    let (mut kinds, mut keys) = (vec![], vec![]);
    for file in std::fs::read_dir(tablet.folder().join("keys")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        // A log is looked through line by line; what is shorter is a heading.
        keys.extend(text.lines().filter(|line| line.len() >= 32).map(str::to_owned));
        kinds.extend(path.extension().map(|kind| kind.to_string_lossy().into_owned()));
    }
    kinds.retain(|kind| kind != "key");
    kinds.sort_unstable();
    assert_eq!(kinds, ["secret", "secret", "token"], "of the database, the PINs, the server");
    assert!(keys.len() > kinds.len(), "each holds something secret, and there is a key");
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("/api/v1/entries") && text.lines().count() > 20, "there is a log: {text}");
    let mut secrets =
        vec![enrol_code, person_code, PIN.to_owned(), password.to_owned(), "31415926".to_owned()];
    secrets.extend(keys);
    // Short ones, such as `0`, and the day stand in every log.
    let tells =
        |text: &String| text.len() >= 4 && text.get(..10).is_none_or(|day| day.parse::<NaiveDate>().is_err());
    secrets.extend(answers.0.values().map(|answer| answer.text.clone()).filter(tells));
    assert!(secrets.len() > 12, "{secrets:?}");
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "`{secret}` is in the log");
    }
}
