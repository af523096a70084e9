//! The real commands on Tauri's mock runtime, in front of a real device on an empty folder.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};
use stackside_core::command::{AppState, CommandError};
use stackside_device::{Config, Device, Positions};
use stackside_tauri::{EVENT, NAMES, attach, with_commands};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{App, Listener, WebviewWindow, WebviewWindowBuilder};

struct Shell {
    window: WebviewWindow<MockRuntime>,
    _app: App<MockRuntime>,
    _folder: tempfile::TempDir,
}

impl Shell {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::on(folder)
    }
    fn on(folder: tempfile::TempDir) -> Self {
        let data = folder.path().to_owned();
        let app = with_commands(mock_builder()).build(mock_context(noop_assets())).unwrap();
        attach(&app, Config { data, positions: Positions::None, model: "test".to_owned() });
        let window = WebviewWindowBuilder::new(&app, "main", Default::default()).build().unwrap();
        Self { window, _app: app, _folder: folder }
    }
    fn invoke(&self, command: &str, payload: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().unwrap(),
            body: InvokeBody::Json(payload),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request).map(|body| body.deserialize().unwrap())
    }
}

#[test]
fn every_command_of_the_contract_is_registered_and_no_other() {
    let shell = Shell::open();
    for name in NAMES {
        // Arguments of no command: whoever is registered says that they do not fit.
        let answer = shell.invoke(name, json!({})).unwrap_err();
        assert!(answer.as_str().is_some_and(|text| text.contains("invalid args")), "{name}: {answer}");
    }
    let answer = shell.invoke("erase_everything", json!({"args": {}})).unwrap_err();
    assert!(answer.as_str().is_some_and(|text| text.contains("not found")), "{answer}");
    let names: BTreeSet<_> = NAMES.iter().collect();
    assert_eq!(names.len(), NAMES.len());
}

#[test]
fn a_new_tablet_says_that_it_is_nobodys_yet() {
    let state = Shell::open().invoke("get_state", json!({"args": {}})).unwrap();
    let state: AppState = serde_json::from_value(state).unwrap();
    assert_eq!((state.enrolment, state.person, state.people), (None, None, vec![]));
}

#[test]
fn data_that_cannot_be_opened_is_an_answer_and_the_next_try_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = |data: &std::path::Path| Config {
        data: data.to_owned(),
        positions: Positions::None,
        model: "test".to_owned(),
    };
    let other = Device::open(config(folder.path())).unwrap();
    let shell = Shell::on(folder);
    let refused = shell.invoke("get_state", json!({"args": {}})).unwrap_err();
    assert_eq!(refused, json!({"code": "not_opened", "why": "in_use"}));
    other.close();
    shell.invoke("get_state", json!({"args": {}})).unwrap();
}

#[test]
fn an_error_arrives_as_the_screens_know_it() {
    let shell = Shell::open();
    let error = |command: &str, args: Value| {
        let error = shell.invoke(command, json!({ "args": args })).unwrap_err();
        serde_json::from_value::<CommandError>(error.clone()).unwrap_or_else(|_| panic!("{command}: {error}"))
    };
    assert_eq!(error("get_today", json!({})), CommandError::NotEnrolled);
    let enrol = json!({"server": "http://example.com", "code": "0000-0000"});
    assert_eq!(error("enrol", enrol), CommandError::Address);
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
    let shell = Shell::open();
    for payload in
        [json!({}), json!({"args": null}), json!({"args": {"point": 7}}), json!({"args": {"point": "a/b"}})]
    {
        assert!(shell.invoke("get_point", payload.clone()).is_err(), "{payload}");
    }
}

#[test]
fn what_the_device_tells_reaches_the_screen() {
    let shell = Shell::open();
    let (heard, hears) = mpsc::channel();
    shell.window.listen_any(EVENT, move |event| heard.send(event.payload().to_owned()).unwrap_or_default());
    let settings = json!({"language": "en", "theme": "dark", "photos_on_wifi_only": false});
    shell.invoke("save_settings", json!({"args": {"settings": settings}})).unwrap();
    // Sync may have something to tell, too.
    while hears.recv_timeout(Duration::from_secs(20)).unwrap() != "\"store\"" {}
}
