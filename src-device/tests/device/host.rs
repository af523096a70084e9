//! Who may speak to the development host.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

use super::world::World;

const TOKEN: &str = "token-of-this-run";

#[tokio::test(flavor = "multi_thread")]
async fn only_the_hosts_own_page_with_the_token_gets_through() {
    let world = tokio::task::spawn_blocking(World::fresh).await.unwrap();
    let ui = tempfile::tempdir().unwrap();
    std::fs::write(ui.path().join("index.html"), "<html>screens</html>").unwrap();
    std::fs::write(ui.path().join("app.wasm"), b"\0asm").unwrap();
    let address = "127.0.0.1:8780".parse().unwrap();
    let router =
        stackside_device::host::router(world.device.clone().into(), ui.path().into(), TOKEN.into(), address);
    let (here, ok, no) = ("127.0.0.1:8780", StatusCode::OK, StatusCode::FORBIDDEN);
    for (host, origin, token, want, why) in [
        (here, None, Some(TOKEN), ok, "a page of the host"),
        (here, Some("http://127.0.0.1:8780"), Some(TOKEN), ok, "with its origin"),
        ("localhost:8780", Some("http://localhost:8780"), Some(TOKEN), ok, "by name"),
        (here, Some("http://evil.example"), Some(TOKEN), no, "a foreign origin"),
        (here, Some("null"), Some(TOKEN), no, "an opaque origin"),
        (here, Some("https://127.0.0.1:8780"), Some(TOKEN), no, "another scheme"),
        ("evil.example:8780", None, Some(TOKEN), no, "a foreign name for this address"),
        ("127.0.0.1:9999", None, Some(TOKEN), no, "another port"),
        (here, None, None, no, "no token"),
        (here, None, Some("token-of-this-ruN"), no, "a wrong token"),
    ] {
        let mut request = Request::post("/ipc/get_state").header("host", host);
        request = request.header("content-type", "application/json");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(token) = token {
            request = request.header("x-stackside-token", token);
        }
        let response = router.clone().oneshot(request.body(Body::from("{}")).unwrap()).await.unwrap();
        assert_eq!(response.status(), want, "{why}");
    }
    let get = |path: &str| Request::get(path).header("host", here).body(Body::empty()).unwrap();
    for (path, want, kind) in [
        ("/", ok, "text/html"),
        ("/visit/1", ok, "text/html"),
        ("/app.wasm", ok, "application/wasm"),
        ("/events", no, ""),
        ("/events?token=wrong", no, ""),
        ("/events?token=token-of-this-run", ok, "text/event-stream"),
    ] {
        let response = router.clone().oneshot(get(path)).await.unwrap();
        let found = response.headers().get("content-type").map_or("", |value| value.to_str().unwrap());
        assert!(
            response.status() == want && found.starts_with(kind),
            "{path}: {} {found}",
            response.status()
        );
    }
    let unknown = Request::post("/ipc/delete_all")
        .header("host", here)
        .header("content-type", "application/json")
        .header("x-stackside-token", TOKEN);
    let response = router.oneshot(unknown.body(Body::from("{}")).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let body = to_bytes(response.into_body(), 1000).await.unwrap();
    assert_eq!(&body[..], br#"{"code":"version"}"#);
}
