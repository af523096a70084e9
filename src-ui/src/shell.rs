//! The only door to the shell: Tauri's window, or the development host over HTTP.

use serde::de::DeserializeOwned;
use stackside_core::command::{Command, CommandError, Event};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["window", "__TAURI__", "core"], js_name = invoke, catch)]
    async fn tauri_invoke(name: &str, args: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = ["window", "__TAURI__", "event"], js_name = listen, catch)]
    async fn tauri_listen(name: &str, then: &JsValue) -> Result<JsValue, JsValue>;
}

const TOKEN_HEADER: &str = "x-stackside-token";
const TOKEN_KEY: &str = "stackside-token";

/// Asks the shell to do something.
pub async fn call<C: Command>(command: &C) -> Result<C::Reply, CommandError> {
    let args = serde_json::to_string(command).map_err(|_| CommandError::Version)?;
    let reply =
        if in_tauri() { through_tauri(C::NAME, &args).await? } else { through_http(C::NAME, &args).await? };
    read(&reply)
}

/// Calls `then` on each event of the shell, as long as the app lives.
pub fn listen(then: impl Fn(Event) + 'static) {
    if in_tauri() {
        let heard = Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
            let payload = js_sys::Reflect::get(&message, &"payload".into()).unwrap_or(JsValue::NULL);
            if let Some(event) = stringify(&payload).and_then(|text| read(&text).ok()) {
                then(event);
            }
        })
        .into_js_value();
        wasm_bindgen_futures::spawn_local(async move {
            if tauri_listen("stackside", &heard).await.is_err() {
                web_sys::console::error_1(&"stackside: no events from the shell".into());
            }
        });
        return;
    }
    let Ok(source) = web_sys::EventSource::new(&format!("/events?token={}", token())) else { return };
    let heard = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |message: web_sys::MessageEvent| {
        if let Some(event) = message.data().as_string().and_then(|text| read(&text).ok()) {
            then(event);
        }
    });
    source.set_onmessage(Some(heard.into_js_value().unchecked_ref()));
    // The source has to outlive this function; it ends with the page.
    std::mem::forget(source);
}

fn in_tauri() -> bool {
    web_sys::window()
        .is_some_and(|window| js_sys::Reflect::has(&window, &"__TAURI__".into()).unwrap_or(false))
}

async fn through_tauri(name: &str, args: &str) -> Result<String, CommandError> {
    let wrapped = js_sys::Object::new();
    let args = js_sys::JSON::parse(args).map_err(|_| CommandError::Version)?;
    js_sys::Reflect::set(&wrapped, &"args".into(), &args).map_err(|_| CommandError::Version)?;
    match tauri_invoke(name, wrapped.into()).await {
        Ok(reply) => stringify(&reply).ok_or(CommandError::Version),
        Err(error) => {
            Err(stringify(&error).and_then(|text| read(&text).ok()).unwrap_or(CommandError::Version))
        }
    }
}

async fn through_http(name: &str, args: &str) -> Result<String, CommandError> {
    let gone = |_: JsValue| CommandError::Internal;
    let window = web_sys::window().ok_or(CommandError::Internal)?;
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&args.into());
    let request = web_sys::Request::new_with_str_and_init(&format!("/ipc/{name}"), &init).map_err(gone)?;
    let headers = request.headers();
    headers.set("content-type", "application/json").map_err(gone)?;
    headers.set(TOKEN_HEADER, &token()).map_err(gone)?;
    let answer = JsFuture::from(window.fetch_with_request(&request)).await.map_err(gone)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(gone)?;
    let text =
        JsFuture::from(answer.text().map_err(gone)?).await.map_err(gone)?.as_string().unwrap_or_default();
    if answer.ok() {
        return Ok(text);
    }
    Err(read(&text).unwrap_or(if answer.status() == 422 {
        CommandError::Version
    } else {
        CommandError::Internal
    }))
}

/// The host's token: from the printed address, kept for this tab so that it need not stay in the address bar.
fn token() -> String {
    let Some(window) = web_sys::window() else { return String::new() };
    let storage = window.session_storage().ok().flatten();
    let query = window.location().search().unwrap_or_default();
    let from_address =
        web_sys::UrlSearchParams::new_with_str(&query).ok().and_then(|query| query.get("token"));
    match (from_address, storage) {
        (Some(token), Some(storage)) => {
            let _ = storage.set_item(TOKEN_KEY, &token);
            token
        }
        (Some(token), None) => token,
        (None, storage) => {
            storage.and_then(|storage| storage.get_item(TOKEN_KEY).ok().flatten()).unwrap_or_default()
        }
    }
}

fn stringify(value: &JsValue) -> Option<String> {
    if value.is_undefined() {
        return Some("null".to_owned());
    }
    js_sys::JSON::stringify(value).ok().map(String::from)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, CommandError> {
    serde_json::from_str(text).map_err(|_| CommandError::Version)
}
